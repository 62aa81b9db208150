import type { Prefix } from '../../../../address/index.js';
import { type CidrProblem, quoted, readCidr } from '../cidr-text.js';
import type { Tag } from '../entry.js';

/** A VPC or a subnet as one file has it. */
export interface Resource {
  readonly kind: 'vpc' | 'subnet';
  readonly id: string;
  readonly account: string;
  /** Of a subnet: the VPC it lies in. */
  readonly vpc: string | null;
  /** Of a subnet, from its ARN. */
  readonly region: string | null;
  /** Of the tag `Name`; empty where there is none. */
  readonly name: string;
  readonly tags: readonly Tag[];
  /** What is in use, the first one first. */
  readonly cidrs: readonly Prefix[];
  /** CIDRs in another state than associated or associating. */
  readonly gone: readonly { readonly cidr: string; readonly state: string }[];
}

export type ResourceReading = Resource | { readonly problem: CidrProblem; readonly id: string | null };

/** The element is not what AWS prints. */
class ShapeError extends Error {
  constructor(readonly problem: CidrProblem) {
    super(problem.reason);
  }
}

const EXPORT_AGAIN = 'Export it again, or leave it out.';

/** Reads an element of `Vpcs` or `Subnets`; never throws. */
export function readResource(kind: Resource['kind'], value: unknown): ResourceReading {
  const element = isObject(value) ? value : {};
  try {
    if (!isObject(value)) throw wrong('is no object');
    return kind === 'vpc' ? readVpc(element) : readSubnet(element);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const id = element[kind === 'vpc' ? 'VpcId' : 'SubnetId'];
    return { problem: error.problem, id: typeof id === 'string' ? id : null };
  }
}

function readVpc(element: Fields): Resource {
  const blocks = [
    ...blocksOf(element, 'CidrBlockAssociationSet', 'CidrBlock', 'CidrBlockState'),
    ...blocksOf(element, 'Ipv6CidrBlockAssociationSet', 'Ipv6CidrBlock', 'Ipv6CidrBlockState'),
  ];
  const isListed = Array.isArray(element.CidrBlockAssociationSet);
  const all = isListed ? blocks : [...primaryOf(element), ...blocks];
  return {
    kind: 'vpc',
    id: idOf(element, 'VpcId', /^vpc-\w+$/),
    vpc: null,
    region: null,
    ...common(element, all),
  };
}

function readSubnet(element: Fields): Resource {
  const blocks = [
    ...primaryOf(element),
    ...blocksOf(element, 'Ipv6CidrBlockAssociationSet', 'Ipv6CidrBlock', 'Ipv6CidrBlockState'),
  ];
  return {
    kind: 'subnet',
    id: idOf(element, 'SubnetId', /^subnet-\w+$/),
    vpc: idOf(element, 'VpcId', /^vpc-\w+$/),
    region: regionOf(element.SubnetArn),
    ...common(element, blocks),
  };
}

type Fields = Readonly<Record<string, unknown>>;

interface Block {
  readonly text: string;
  readonly state: string;
}

function common(
  element: Fields,
  blocks: readonly Block[],
): Pick<Resource, 'account' | 'name' | 'tags' | 'cidrs' | 'gone'> {
  const tags = tagsOf(element.Tags);
  return {
    account: accountOf(element.OwnerId),
    name: tags.find(({ key }) => key === 'Name')?.value ?? '',
    tags,
    cidrs: blocks.filter(({ state }) => isInUse(state)).map(({ text }) => cidrOf(text)),
    gone: blocks.filter(({ state }) => !isInUse(state)).map(({ text, state }) => ({ cidr: text, state })),
  };
}

function primaryOf({ CidrBlock }: Fields): Block[] {
  if (CidrBlock === undefined || CidrBlock === null) return [];
  return [{ text: textOf(CidrBlock, 'CidrBlock'), state: 'associated' }];
}

function blocksOf(element: Fields, set: string, name: string, stateName: string): Block[] {
  const list = element[set] ?? [];
  if (!Array.isArray(list)) throw wrong(`${set} is no array`);
  return list.map((association: unknown) => {
    if (!isObject(association)) throw wrong(`${set} has something that is no object`);
    const state = association[stateName];
    return {
      text: textOf(association[name], name),
      state: isObject(state) && typeof state.State === 'string' ? state.State : 'associated',
    };
  });
}

/** `associated`, `associating`, and a mock's `{'State': 'associated'}`; not `disassociated`, `failed` and the like. */
function isInUse(state: string): boolean {
  return /(?:^|\W)associat(?:ed|ing)(?:\W|$)/.test(state);
}

function cidrOf(text: string): Prefix {
  const read = readCidr(text);
  if ('cidr' in read) return read.cidr;
  throw new ShapeError(read.problem);
}

function idOf(element: Fields, name: string, pattern: RegExp): string {
  const id = element[name];
  if (typeof id === 'string' && pattern.test(id) && id.length <= 64) return id;
  throw wrong(
    `${name} is ${shown(id)}, not an id as ${pattern.source.slice(1, pattern.source.indexOf('-') + 1)}0a1b2c3d`,
  );
}

/** Twelve digits; a program that took them for a number lost the zeros at the start. */
function accountOf(owner: unknown): string {
  const text =
    typeof owner === 'number' && Number.isSafeInteger(owner) ? String(owner).padStart(12, '0') : owner;
  if (typeof text === 'string' && /^\d{12}$/.test(text)) return text;
  throw wrong(`OwnerId is ${shown(owner)}, not an account of 12 digits`);
}

function regionOf(arn: unknown): string | null {
  const [, region] = (typeof arn === 'string' && /^arn:[\w-]+:ec2:([a-z0-9-]{1,64}):/.exec(arn)) || [];
  return region ?? null;
}

function tagsOf(given: unknown): Tag[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw wrong('Tags is no array');
  return given.map((tag: unknown) => {
    if (!isObject(tag)) throw wrong('Tags has something that is no object');
    return { key: textOf(tag.Key, 'the Key of a tag'), value: textOf(tag.Value ?? '', 'the Value of a tag') };
  });
}

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw wrong(`${name} is ${shown(value)}, not a text`);
}

function shown(value: unknown): string {
  return value === undefined
    ? 'missing'
    : quoted(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(reason: string): ShapeError {
  return new ShapeError({ reason, todo: EXPORT_AGAIN });
}
