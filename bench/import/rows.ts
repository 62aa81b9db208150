import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { Address, Prefix } from '../../src/address/index.js';
import { pickFrom, randomOf } from '../harness/random.js';

/** A handful of pools. */
export const POOLS = ['10.0.0.0/8', '11.0.0.0/8', '12.0.0.0/8', '13.0.0.0/8', 'fd00::/32'];

const REGIONS = ['eu-west-1', 'eu-central-1', 'us-east-1', 'ap-southeast-1'];
const TEAMS = ['payments', 'search', 'platform', 'data-lake', 'checkout'];

export interface BenchRow {
  /** Index in POOLS. */
  readonly pool: number;
  readonly cidr: string;
  readonly key: string;
  readonly description: string;
  readonly account: string;
  readonly region: string;
  readonly resourceId: string;
  readonly team: string;
}

/** `count` networks, in address order as an export has them, with holes between them; the same for the same seed. */
export function* rowsOf(count: number, seed: number): Iterable<BenchRow> {
  const random = randomOf(seed);
  for (let pool = 0; pool < POOLS.length; pool++) {
    const whole = Prefix.must(POOLS[pool]!);
    let next = whole.first.value;
    const share = Math.floor(((pool + 1) * count) / POOLS.length) - Math.floor((pool * count) / POOLS.length);
    for (let index = 0; index < share; index++) {
      const hostBits = whole.family === 4 ? 2 + Math.floor(random() * 4) : 64;
      const size = 1n << BigInt(hostBits);
      const start = ((next + size - 1n) / size) * size;
      next = start + (random() < 0.2 ? 2n * size : size);
      const id = `${pool}-${index}`;
      yield {
        pool,
        cidr: Prefix.of(
          Address.of(whole.family, start),
          (whole.family === 4 ? 32 : 128) - hostBits,
        ).toString(),
        key: `net/${id}`,
        description: `Network ${id}`,
        account: String(100_000_000_000 + Math.floor(random() * 75)),
        region: pickFrom(random, REGIONS),
        resourceId: `subnet-0${id}`,
        team: pickFrom(random, TEAMS),
      };
    }
  }
}

/** What `cadastre import csv` reads. */
export const IMPORT_HEADER =
  'pool,cidr,key,description,provider,account,region,resource_type,resource_id,tag:team';

export function importLine({
  pool,
  cidr,
  key,
  description,
  account,
  region,
  resourceId,
  team,
}: BenchRow): string {
  return [`pool ${pool}`, cidr, key, description, 'aws', account, region, 'subnet', resourceId, team].join();
}

/** What COPY reads: the columns of the bare table. */
export function copyLine({
  pool,
  cidr,
  key,
  description,
  account,
  region,
  resourceId,
  team,
}: BenchRow): string {
  const json = (value: object): string => `"${JSON.stringify(value).replaceAll('"', '""')}"`;
  const holder = { provider: 'aws', account, region, resourceType: 'subnet', resourceId };
  return [pool + 1, cidr, key, description, json(holder), json({ team })].join();
}

/** Writes lines with bounded memory. */
export async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const file = createWriteStream(path, { mode: 0o644 });
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < 1 << 18) continue;
    if (!file.write(text)) await once(file, 'drain');
    text = '';
  }
  file.end(text);
  await once(file, 'close');
}
