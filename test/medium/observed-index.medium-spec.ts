import { type Sent, sentBy } from '../../bench/registry/sent.js';
import { BatchRepository } from '../../src/features/allocation/data/batch.repository.js';
import { LOAD_SURROUNDINGS } from '../../src/features/allocation/data/batch.sql.js';
import { ContentsRepository } from '../../src/features/allocation/data/contents.repository.js';
import { LookupRepository } from '../../src/features/allocation/data/lookup.repository.js';
import {
  BLOCKED_FROM_START,
  COMPARE_BLOCKS,
  FREE_AROUND,
  POOLS_CONCERNED,
} from '../../src/features/allocation/data/observed.sql.js';
import { SpaceRepository } from '../../src/features/allocation/data/space.repository.js';
import { Prefix } from '../../src/address/index.js';
import { type Core, startCore } from '../support/core.js';
import { explain } from '../support/plan.js';
import { expectSound } from '../support/sound.js';

const OBSERVED = 20_000;
/** With two rows and statistics a scan of some tables is right. */
const TABLES = ['allocation', 'block', 'free_block', 'observed_space', 'pool_cidr'];
const contents = new ContentsRepository();

let core: Core;
let pool: number;
let second: number;
beforeAll(async () => {
  core = await startCore();
  pool = await core.pool({ cidrs: ['10.0.0.0/8'] });
  second = await core.pool({ cidrs: ['11.0.0.0/8'] });
  const seen = Array.from({ length: OBSERVED }, (_, n) => ({
    source: 'aws',
    resource: `vpc-${n}`,
    routingDomainId: null,
    cidr: Prefix.must(`10.${n >> 8}.${n & 255}.0/26`),
    within: null,
  }));
  await core.observed.report(core.ctx, 'aws', { seen, withdrawn: [] });
}, 120_000);
afterAll(() => core.stop());

const statement = (text: string | { text: string }, ...values: unknown[]): Promise<Sent> =>
  Promise.resolve({ statement: typeof text === 'string' ? { text } : text, values });
const cidr = Prefix.must('10.7.7.0/24');

/** What is asked, and the most rows that may be looked at. */
const CASES: [name: string, sent: () => Promise<Sent>, most: number][] = [
  [
    'what surrounds a CIDR that a batch is about',
    () => statement(LOAD_SURROUNDINGS, pool, [], [], [], [], [`${cidr}`], [], false, ['aws'], ['1']),
    20,
  ],
  ['why a piece of a pool is blocked', () => sentBy((db) => contents.blocks(db, pool, [cidr])), 20],
  ['a checked CIDR', () => sentBy((db) => new SpaceRepository(db).occupants([cidr], null)), 20],
  [
    'pools that a report concerns',
    () => statement(POOLS_CONCERNED, 'aws', ['vpc-7', 'new'], [`${cidr}`, `${cidr}`], [null, null]),
    20,
  ],
  [
    'blocks that a report compares',
    () => statement(COMPARE_BLOCKS, 'aws', ['vpc-1799', 'new'], [`${cidr}`, `${cidr}`]),
    20,
  ],
  [
    'the free space around a block',
    () =>
      statement(
        FREE_AROUND,
        [1],
        ['10.7.7.0/26'],
        ['10.7.7.63/32'],
        [pool],
        [6],
        ['10.7.7.64/26'],
        [1],
        ['10.7.7.0/26'],
      ),
    20,
  ],
  ['what is observed in a new pool CIDR', () => statement(BLOCKED_FROM_START, [second]), 20],
  [
    'places of observed CIDRs',
    () => sentBy((db) => new LookupRepository(db).places([{ cidr, routingDomainId: null, within: null }])),
    20,
  ],
];

describe.each([
  ['while PostgreSQL knows nothing of the sizes', false],
  ['with statistics', true],
])('among 20,000 observed blocks of one pool, %s', (_, hasStatistics) => {
  beforeAll(async () => {
    if (hasStatistics) await core.database.query('ANALYZE');
  });

  it.each(CASES)('%s: index searches, and few rows', async (_name, sent, most) => {
    const { scanned, rowsRead } = await explain(core.database, await sent());
    const large = hasStatistics
      ? TABLES.filter((table) => table !== 'pool_cidr' && table !== 'allocation')
      : TABLES;
    expect(scanned.filter((table) => large.includes(table))).toEqual([]);
    expect(rowsRead).toBeLessThanOrEqual(most);
  });
});

it('a batch loads only the blocks that it is about', async () => {
  const description = { holder: {}, tags: {}, description: '' };
  const command = { kind: 'adopt', ...description, cidr } as const;
  const limits = { window: 1, due: 10, counts: false, preview: true };
  const state = await core.unitOfWork.snapshot((reader, now) =>
    new BatchRepository().load(reader, pool, now, [{ command, actor: 'a', correlation: 'c' }], limits),
  );
  expect(state!.blocks.map((block) => `${block.cidr} ${block.subject}`)).toEqual([
    '10.7.7.0/26 aws:vpc-1799',
  ]);
  await expectSound(core.database);
});
