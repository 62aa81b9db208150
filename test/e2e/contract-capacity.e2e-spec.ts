import { bootService, type Data, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await bootService();
  await service.travel(0);
});
afterAll(() => service.stop());

const capacityOf = async (id: string): Promise<Data> => (await service.call('pool', { id })).capacity;

function expectExact({
  total,
  allocated,
  reserved,
  quarantined,
  blocked,
  free,
  delegated,
  assigned,
  ...rest
}: Data): void {
  expect(BigInt(total)).toBe(
    [allocated, reserved, quarantined, blocked, free].map(BigInt).reduce((a, b) => a + b),
  );
  expect(BigInt(allocated)).toBe(BigInt(delegated) + BigInt(assigned));
  const used = Number(BigInt(allocated) + BigInt(reserved)) / Number(total);
  expect(rest.utilization).toBeCloseTo(used, 12);
}

/** Every kind of space in one pool; the lengths are those of its family. */
async function used(cidr: string, [length, excluded]: [number, string]): Promise<string> {
  const { id: pool } = await service.pool({ cidrs: [cidr], rules: { excluded: [excluded] } });
  await service.allocation({ pool, prefixLength: length });
  await service.allocation({ pool, prefixLength: length + 3 });
  await service.reservation({ pool, prefixLength: length + 1, ttlSeconds: 60 });
  const gone = await service.allocation({ pool, prefixLength: length + 2 });
  await service.call('release', { input: { id: gone.id } });
  return pool;
}

describe('every address is counted once', () => {
  it('IPv4', async () => {
    const pool = await used('10.0.0.0/16', [20, '10.0.240.0/20']);
    const capacity = await capacityOf(pool);
    expect(capacity).toMatchObject({
      total: '65536',
      allocated: '4608',
      delegated: '0',
      assigned: '4608',
      reserved: '2048',
      quarantined: '1024',
      blocked: '4096',
      free: '53760',
      largestFreeBlock: '10.0.0.0/17',
    });
    expectExact(capacity);
    expect(capacity.utilization).toBeCloseTo((4608 + 2048) / 65536, 12);
    expect(capacity.fragmentation).toBeCloseTo(1 - 32768 / 53760, 12);
  });

  it('IPv6, where doubles cannot count', async () => {
    const pool = await used('2001:db8::/32', [40, '2001:db8:ff00::/40']);
    const capacity = await capacityOf(pool);
    const size = (length: number) => 2n ** BigInt(128 - length);
    expect(capacity).toMatchObject({
      total: String(size(32)),
      allocated: String(size(40) + size(43)),
      reserved: String(size(41)),
      quarantined: String(size(42)),
      blocked: String(size(40)),
      free: String(size(32) - 2n * size(40) - size(41) - size(42) - size(43)),
    });
    expectExact(capacity);
  });

  it('down to single addresses of a /32', async () => {
    const { id: pool } = await service.pool({ cidrs: ['2001:db8::/32'] });
    await service.allocation({ pool, prefixLength: 128 });
    await service.reservation({ pool, prefixLength: 128 });
    const capacity = await capacityOf(pool);
    expect(capacity).toMatchObject({ allocated: '1', reserved: '1', free: String(2n ** 96n - 2n) });
    expectExact(capacity);
  });

  it('several CIDRs, and the whole of a split /30', async () => {
    const { id } = await service.pool({ cidrs: ['2001:db8::/30'] });
    expect(await capacityOf(id)).toMatchObject({
      total: String(2n ** 98n),
      free: String(2n ** 98n),
      utilization: 0,
      fragmentation: 0.75,
      freeBlocksByLength: [{ prefixLength: 32, count: 4 }],
    });
  });

  it('an excluded range that somebody held before counts as held', async () => {
    const { id: pool } = await service.pool({ cidrs: ['10.0.0.0/24'] });
    await service.allocation({ pool, cidr: '10.0.0.0/26', prefixLength: null });
    await service.call('updatePool', {
      input: { pool, rules: { excluded: ['10.0.0.0/25', '10.0.0.0/24'] } },
    });
    const capacity = await capacityOf(pool);
    expect(capacity).toMatchObject({ allocated: '64', blocked: '192', free: '0', largestFreeBlock: null });
    expect(capacity.fragmentation).toBe(0);
    expectExact(capacity);
  });
});

it('follows the clock of the database, also where nothing has been written down', async () => {
  const pool = await used('10.0.0.0/16', [20, '10.0.240.0/20']);
  await service.travel(60);
  const expired = await capacityOf(pool);
  expect(expired).toMatchObject({ reserved: '0', quarantined: '1024', free: '55808' });
  expectExact(expired);
  await service.travel(24 * 3600);
  const ended = await capacityOf(pool);
  expect(ended).toMatchObject({ reserved: '0', quarantined: '0', free: '56832' });
  expectExact(ended);
  const blocks: { prefixLength: number; count: number }[] = ended.freeBlocksByLength;
  expect(blocks.reduce((sum, { prefixLength, count }) => sum + count * 2 ** (32 - prefixLength), 0)).toBe(
    56832,
  );
});

it('lists free blocks in address order, those that a length fits into, so many', async () => {
  const { id: pool } = await service.pool({ cidrs: ['10.0.0.0/24', '10.0.1.0/24'] });
  await service.allocation({ pool, cidr: '10.0.0.16/28', prefixLength: null });
  const ask = async (prefixLength?: number, first?: number): Promise<string[]> => {
    const document =
      'query F($id: ID, $length: Int, $first: Int! = 50) { pool(id: $id) { freeBlocks(prefixLength: $length, first: $first) } }';
    return (await service.query(document, { id: pool, length: prefixLength, first })).pool.freeBlocks;
  };
  const all = ['10.0.0.0/28', '10.0.0.32/27', '10.0.0.64/26', '10.0.0.128/25', '10.0.1.0/24'];
  expect(await ask()).toEqual(all);
  expect(await ask(26)).toEqual(all.slice(2));
  expect(await ask(undefined, 2)).toEqual(all.slice(0, 2));
  for (const [length, first] of [
    [33, 1],
    [-1, 1],
    [24, 0],
    [24, 1001],
  ]) {
    await expect(ask(length, first)).rejects.toThrow('BAD_USER_INPUT');
  }
});
