import * as sdk from '@aws-sdk/client-ec2';
import { randomUUID } from 'node:crypto';
import { AwsError } from './answer-error.js';
import type { Call } from './faults.js';
import { filtered } from './filters.js';
import { pageOf, type Paging } from './paging.js';
import { Place } from './place.js';
import { parseQuery } from './query.js';
import { type Input, type Read, READS } from './reads.js';
import { operationShapes, type Shape } from './shape.js';
import { type AccountWorld, emptyRegion, type RegionWorld, type World } from './world.js';
import { WRITES } from './writes.js';
import { ec2Answer } from './xml.js';

const shapes = new Map<string, { input: Shape; output: Shape }>();

/** EC2's actions over a world. Every method throws AwsError where AWS would refuse. */
export class Ec2 {
  private readonly kept = new Map<string, Buffer>();

  constructor(
    private readonly world: World,
    private readonly paging: Paging,
    private readonly frozen: boolean,
  ) {}

  /** `short`: every second object of the page is left out. */
  answer(call: Call, body: string, parameters: URLSearchParams, short: boolean): Buffer {
    const key = `${call.account} ${call.region} ${body}`;
    const before = this.frozen && !short ? this.kept.get(key) : undefined;
    if (before) return before;
    const { input, output } = shapesOf(call.action);
    const value = this.value(call, parseQuery(parameters, input), short);
    const answer = Buffer.from(ec2Answer(call.action, randomUUID(), output, value));
    if (this.frozen && !short) this.kept.set(key, answer);
    return answer;
  }

  /** The first pages of the network interfaces, as the SDK asks for them: the bulk of what there is. */
  warmUp(): void {
    for (const { id: account, regions } of this.world.accounts)
      for (const region of Object.keys(regions)) {
        const body = 'Action=DescribeNetworkInterfaces&Version=2016-11-15&MaxResults=1000';
        this.answer(
          { account, region, action: 'DescribeNetworkInterfaces' },
          body,
          new URLSearchParams(body),
          false,
        );
      }
  }

  private value(call: Call, input: Input, short: boolean): object {
    const account = this.world.accounts.find(({ id }) => id === call.account);
    if (!account)
      throw new AwsError(401, 'AuthFailure', 'AWS was not able to validate the provided credentials');
    const region = regionFor(account, call);
    const write = WRITES[call.action];
    if (write) return write(new Place(this.world, account.id, call.region), input);
    const read = READS[call.action]!;
    const all = choose(
      read,
      filtered(read.objects(region, input, account), input['Filters'] ?? input['Filter']),
      input,
    );
    const place = `${call.account}/${call.region}`;
    const { objects, next } = pageOf(call.action, read, all, input, place, this.paging);
    const shown = short ? objects.filter((_, index) => index % 2 === 0) : objects;
    const value = read.answer?.(shown, next !== undefined) ?? { [read.list]: shown };
    return next === undefined ? value : { ...value, NextToken: next };
  }
}

function regionFor(account: AccountWorld, { region, action }: Call): RegionWorld {
  const world = account.regions[region];
  if (world) return world;
  if (action === 'DescribeRegions') return emptyRegion();
  throw new AwsError(401, 'AuthFailure', 'AWS was not able to validate the provided access credentials');
}

function choose(read: Read, objects: readonly object[], input: Input): readonly object[] {
  if (!read.ids) return objects;
  const [member, own, notFound] = read.ids;
  const wanted = input[member] as readonly string[] | undefined;
  if (!wanted || wanted.length === 0) return objects;
  return wanted.map((id) => {
    const one = objects.find((object) => (object as Record<string, unknown>)[own] === id);
    if (!one) throw new AwsError(400, notFound, `The ID '${id}' does not exist`);
    return one;
  });
}

function shapesOf(action: string): { input: Shape; output: Shape } {
  const before = shapes.get(action);
  if (before) return before;
  const operation = (sdk as unknown as Record<string, unknown>)[`${action}$`];
  if (!Array.isArray(operation) || !(action in READS || action in WRITES))
    throw new AwsError(400, 'InvalidAction', `The action ${action} is not valid for this web service.`);
  const made = operationShapes(operation);
  shapes.set(action, made);
  return made;
}
