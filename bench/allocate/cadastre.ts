import type { Allocation } from '../../src/features/allocation/domain/allocation.js';
import type { Command, Outcome } from '../../src/features/allocation/domain/command.js';
import { type Core, startCore } from '../../test/support/core.js';
import { OracleError } from '../harness/bench.js';
import { randomOf } from '../harness/random.js';
import { checkAcknowledged, checkRegister, unpublished } from '../oracle.js';
import type { Register } from './register.js';
import { type Requests, requestsOf } from './requests.js';
import type { World } from './world.js';

/** The one place that knows which function of Cadastre is measured. */
function submitTo(core: Core): (poolId: number, command: Command, correlation: string) => Promise<Outcome> {
  return (poolId, command, correlation) =>
    core.engine.submit(poolId, { command, actor: 'token:bench', correlation });
}

/** Caller number n works in pool n modulo their number. */
export async function openCadastre(world: World, seed: number): Promise<Register> {
  const core = await startCore({ url: world.url });
  core.publisher.onApplicationBootstrap();
  const submit = submitTo(core);
  /** As last acknowledged, by id. */
  const acknowledged = new Map<number, Allocation>();
  const callers = new Map<number, CallerState>();
  const releasable = world.pools.map((pool) => shuffledIds(pool, seed));

  const ask = async (caller: number, command: Command): Promise<Allocation> => {
    const pool = world.pools[caller % world.pools.length]!;
    const outcome = await submit(pool.id, command, stateOf(caller).requests.unique('bench'));
    if (!outcome.ok) throw new OracleError(`${command.kind} was refused: ${outcome.failure.message}`);
    acknowledged.set(outcome.allocation.id, outcome.allocation);
    return outcome.allocation;
  };
  const stateOf = (caller: number): CallerState => {
    let state = callers.get(caller);
    if (!state) callers.set(caller, (state = { requests: requestsOf(seed * 1000 + caller), step: 0 }));
    return state;
  };

  return {
    async allocate(caller) {
      const { requests } = stateOf(caller);
      await ask(caller, {
        kind: 'allocate',
        prefixLength: requests.prefixLength(),
        ...requests.description(),
      });
    },
    async release(caller) {
      const next = releasable[caller % world.pools.length]!.next();
      if (next.done) throw new Error('Everything is released already: give fewer --rounds or --seconds.');
      await ask(caller, { kind: 'release', id: next.value, force: false });
    },
    async mixed(caller) {
      const state = stateOf(caller);
      const { requests } = state;
      const space = () => ({ prefixLength: requests.prefixLength(), ...requests.description() });
      switch (state.step++ % 4) {
        case 0:
          state.allocated = await ask(caller, { kind: 'allocate', key: requests.unique('key'), ...space() });
          return;
        case 1:
          state.reserved = await ask(caller, {
            kind: 'reserve',
            key: requests.unique('key'),
            ttlSeconds: 3600,
            ...space(),
          });
          return;
        case 2:
          await ask(caller, { kind: 'confirm', id: state.reserved!.id, nonce: requests.unique('nonce') });
          return;
        default:
          await ask(caller, { kind: 'release', id: state.allocated!.id, force: false });
      }
    },
    backlog: () => unpublished(core.database),
    async check() {
      await checkRegister(core);
      const before = new Set(world.pools.flatMap(({ firstId, existing }) => ids(firstId, existing)));
      await checkAcknowledged(core.database, [...acknowledged.values()], before.size, (id) => before.has(id));
    },
    stop: () => core.stop(),
  };
}

interface CallerState {
  readonly requests: Requests;
  step: number;
  allocated?: Allocation;
  reserved?: Allocation;
}

function ids(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** All existing ids of a pool once, far from each other. */
export function* shuffledIds(
  { firstId, existing }: { firstId: number; existing: number },
  seed: number,
): Generator<number, undefined> {
  const order = ids(firstId, existing);
  const random = randomOf(seed);
  for (let last = order.length - 1; last >= 0; last--) {
    const at = Math.floor(random() * (last + 1));
    [order[at], order[last]] = [order[last]!, order[at]!];
    yield order[last]!;
  }
}
