import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { parsePrefixAtEdge, type Prefix } from '../../src/address/index.js';

/** A CIDR of a VPC that routes, or is about to. */
export interface VpcCidr {
  readonly file: string;
  readonly vpc: string;
  readonly account: string;
  /** Null where neither the file's name nor the command line tells. */
  readonly region: string | null;
  /** Of the tag `Name`. */
  readonly name: string | null;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly isDefault: boolean;
  readonly cidr: Prefix;
}

/** What is in a file and does not route. */
export interface LeftOut {
  readonly file: string;
  readonly vpc: string;
  readonly account: string;
  readonly region: string | null;
  readonly name: string | null;
  readonly cidr: string;
  readonly why: string;
}

export interface Inventory {
  readonly cidrs: readonly VpcCidr[];
  readonly leftOut: readonly LeftOut[];
  /** What may be missing. */
  readonly warnings: readonly string[];
}

/** Something in the files is wrong; one line for each file or row, and nothing was done. */
export class BadFilesError extends Error {
  override readonly name = 'BadFilesError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

const IN_USE = ['associated', 'associating'];

const state = z.object({ State: z.string() });
const v4 = z.object({ CidrBlock: z.string(), CidrBlockState: state });
const v6 = z.object({ Ipv6CidrBlock: z.string(), Ipv6CidrBlockState: state });
const vpcRow = z.object({
  VpcId: z.string().regex(/^vpc-[0-9a-z]+$/, 'expected an id like vpc-0a1b2c'),
  OwnerId: z.string().regex(/^\d{12}$/, 'expected an account of 12 digits'),
  IsDefault: z.boolean().default(false),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
  CidrBlockAssociationSet: z.array(v4),
  Ipv6CidrBlockAssociationSet: z.array(v6).default([]),
});
const page = z.object({ Vpcs: z.array(z.unknown()), NextToken: z.string().nullish() });

/**
 * Reads files with what `aws ec2 describe-vpcs` prints. The region is the one that a file's name holds
 * (`vpcs-eu-west-1.json`), else `region`. Throws BadFilesError with everything that is wrong in all of them.
 */
export function readInventory(files: readonly string[], region: string | null): Inventory {
  const cidrs: VpcCidr[] = [];
  const leftOut: LeftOut[] = [];
  const warnings: string[] = [];
  const problems: string[] = [];
  for (const file of files) {
    const vpcs = readPage(file, problems, warnings);
    const at = regionIn(basename(file)) ?? region;
    vpcs.forEach((value, index) => {
      const row = readRow(value, { file, region: at });
      problems.push(...row.problems.map((problem) => `${file}: ${rowName(value, index)}: ${problem}`));
      cidrs.push(...row.cidrs);
      leftOut.push(...row.leftOut);
    });
  }
  if (problems.length > 0) throw new BadFilesError(problems);
  return { cidrs, leftOut, warnings };
}

function readPage(file: string, problems: string[], warnings: string[]): unknown[] {
  let value: unknown;
  try {
    const text = readFileSync(file, 'utf8').replace(/^\ufeff/, '');
    if (text.trim() === '') throw new Error('the file is empty');
    value = JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    problems.push(
      error instanceof SyntaxError
        ? `${file}: no JSON, or only a part of it: ${message}`
        : `${file}: cannot be read: ${message}`,
    );
    return [];
  }
  const read = page.safeParse(value);
  if (!read.success) {
    problems.push(`${file}: not what \`aws ec2 describe-vpcs\` prints: ${firstIssue(read.error)}`);
    return [];
  }
  if (read.data.NextToken) warnings.push(`${file} is one page of several: it has a NextToken.`);
  return read.data.Vpcs;
}

interface Row {
  readonly cidrs: VpcCidr[];
  readonly leftOut: LeftOut[];
  readonly problems: string[];
}

function readRow(value: unknown, { file, region }: { file: string; region: string | null }): Row {
  const read = vpcRow.safeParse(value);
  if (!read.success) return { cidrs: [], leftOut: [], problems: [firstIssue(read.error)] };
  const { VpcId: vpc, OwnerId: account, IsDefault: isDefault, Tags } = read.data;
  const row: Row = { cidrs: [], leftOut: [], problems: [] };
  const tags = Tags.map(({ Key, Value }) => ({ key: Key, value: Value }));
  const name = tags.find(({ key }) => key === 'Name')?.value || null;
  const take = (text: string, state: string): void => {
    if (!IN_USE.includes(state)) {
      row.leftOut.push({
        file,
        vpc,
        account,
        region,
        name,
        cidr: text,
        why: `its state is ${JSON.stringify(state)}`,
      });
      return;
    }
    const cidr = parsePrefixAtEdge(text);
    if (cidr.ok) row.cidrs.push({ file, vpc, account, region, name, tags, isDefault, cidr: cidr.value });
    else
      row.problems.push(
        `${JSON.stringify(text)} is no CIDR: ${cidr.error.reason}${cidr.error.canonical ? ` (${cidr.error.canonical}?)` : ''}`,
      );
  };
  for (const { CidrBlock, CidrBlockState } of read.data.CidrBlockAssociationSet)
    take(CidrBlock, CidrBlockState.State);
  for (const { Ipv6CidrBlock, Ipv6CidrBlockState } of read.data.Ipv6CidrBlockAssociationSet)
    take(Ipv6CidrBlock, Ipv6CidrBlockState.State);
  return row;
}

function rowName(value: unknown, index: number): string {
  const id = typeof value === 'object' && value !== null && 'VpcId' in value ? value.VpcId : undefined;
  return typeof id === 'string' ? `Vpcs[${index}] (${id})` : `Vpcs[${index}]`;
}

function firstIssue(error: z.ZodError): string {
  const { path, message } = error.issues[0]!;
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return place ? `${place.replace(/^\./, '')}: ${message}` : message;
}

function regionIn(name: string): string | null {
  const region =
    /(?<![a-z0-9])[a-z]{2}(?:-gov|-iso[a-z]?)?-(?:central|(?:north|south)(?:east|west)?|east|west)-\d(?![a-z0-9])/;
  return region.exec(name)?.[0] ?? null;
}
