import fc from 'fast-check';
import { parseInstant } from '../../src/platform/context/instant.js';
import { applyChanges, diffSnapshots, snapshotOf } from '../../src/features/inventory/domain/diff.js';
import type { Body, ConfigurationChange } from '../../src/features/inventory/domain/change.js';
import { GoldenInventory, type GoldenVersion } from '../golden/inventory.js';
import { type Inventory, observed, startInventory, sweepAt } from '../support/inventory.js';

const SEED = Number(process.env.CADASTRE_TEST_SEED ?? 11);
const PATIENCE = 3;
const SWEEPS = 12;
const IDS = 12;

let inventory: Inventory;
let made = 0;
beforeAll(async () => (inventory = await startInventory({ misses: PATIENCE })));
afterAll(() => inventory.stop());

interface Step {
  readonly pages: readonly (readonly { readonly id: string; readonly look: string }[])[];
  /** After all pages, and what becomes of it: a crash is a list that is begun anew in the same sweep. */
  readonly end: 'COMPLETE' | 'FAIL' | 'CRASH_THEN_COMPLETE' | 'CRASH_THEN_FAIL' | 'ABANDONED';
}

/** Objects mostly as before, so that most sweeps are quiet; now and then most of them are gone. */
const history: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc.record({
      gone: fc.oneof(
        { weight: 4, arbitrary: fc.subarray(ids(), { maxLength: 2 }) },
        { weight: 2, arbitrary: fc.subarray(ids(), { minLength: 7 }) },
        { weight: 1, arbitrary: fc.constant(ids()) },
      ),
      looks: fc.array(fc.constantFrom('a', 'a', 'a', 'b', 'c'), { minLength: IDS, maxLength: IDS }),
      calm: fc.boolean(),
      twice: fc.option(fc.tuple(fc.nat(IDS - 1), fc.constantFrom('a', 'b')), { nil: null }),
      pageSize: fc.integer({ min: 1, max: IDS }),
      end: fc.oneof(
        { weight: 6, arbitrary: fc.constant('COMPLETE' as const) },
        {
          weight: 3,
          arbitrary: fc.constantFrom(
            'FAIL' as const,
            'CRASH_THEN_COMPLETE' as const,
            'CRASH_THEN_FAIL' as const,
            'ABANDONED' as const,
          ),
        },
      ),
    }),
    { minLength: 2, maxLength: SWEEPS },
  )
  .map((steps) => {
    let looks: readonly string[] = new Array<string>(IDS).fill('a');
    return steps.map(({ gone, looks: next, calm, twice, pageSize, end }) => {
      if (!calm) looks = next;
      const shown = ids()
        .filter((id) => !gone.includes(id))
        .map((id) => ({ id, look: looks[ids().indexOf(id)]! }));
      const again =
        twice && !gone.includes(ids()[twice[0]]!) ? [{ id: ids()[twice[0]]!, look: twice[1] }] : [];
      if (again.length > 0) looks = looks.map((look, n) => (n === twice![0] ? twice![1] : look));
      const all = [...shown, ...again];
      const pages = Array.from({ length: Math.ceil(all.length / pageSize) }, (_, n) =>
        all.slice(n * pageSize, (n + 1) * pageSize),
      );
      return { pages, end };
    });
  });

function ids(): string[] {
  return Array.from({ length: IDS }, (_, n) => `sg-${String(n).padStart(2, '0')}`);
}

const objectOf = ({ id, look }: { id: string; look: string }) => observed('vpc', id, { state: look });

it('keeps the versions that a twin derives from all sweeps, whatever fails, crashes or is delivered again', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const [scope] = await inventory.store.ensureScopes(inventory.ctx, [
        { account: `g${++made}`, region: 'eu-west-1' },
      ]);
      const golden = new GoldenInventory(PATIENCE);
      for (const [n, { pages, end }] of steps.entries()) {
        const open = () =>
          inventory.store.openList(inventory.ctx, scope!, 'vpc', sweepAt(n), async () => undefined);
        const play = async () => {
          const recorder = await open();
          for (const page of pages) {
            await recorder.page({ objects: page.map(objectOf), available: [] });
            await recorder.page({ objects: page.map(objectOf), available: [] });
          }
          return recorder;
        };
        let recorder = await play();
        if (end.startsWith('CRASH')) recorder = await play();
        const failed = end !== 'COMPLETE' && end !== 'CRASH_THEN_COMPLETE';
        golden.add({ at: sweepAt(n), shown: pages.flat(), failed });
        if (end === 'FAIL' || end === 'CRASH_THEN_FAIL') await recorder.fail('TIMEOUT: no answer');
        if (!failed) {
          const { good, suspicious } = await recorder.complete();
          expect([good, suspicious]).toEqual(
            golden.outcomes().at(-1) === 'GOOD' ? [true, false] : [false, true],
          );
          expect(await versions(scope!.id)).toEqual(golden.versions());
        }
      }
      expect(await versions(scope!.id)).toEqual(golden.versions());
      await expectChangesTell(scope!.id);
    }),
    { seed: SEED, numRuns: 40 },
  );
}, 120_000);

async function versions(scopeId: number): Promise<GoldenVersion[]> {
  const rows = await inventory.database.query<{
    resource_id: string;
    body: { state: string };
    seen_from: string;
    seen_to: string | null;
    missing_since: string | null;
    misses: number;
  }>('SELECT * FROM observed_version WHERE scope_id = $1 ORDER BY resource_id, seen_from', [scopeId]);
  return rows.map((row) => ({
    id: row.resource_id,
    look: row.body.state,
    from: parseInstant(row.seen_from),
    to: row.seen_to === null ? null : parseInstant(row.seen_to),
    missingSince: row.missing_since === null ? null : parseInstant(row.missing_since),
    misses: row.misses,
  }));
}

/** The changes since the first good list, applied to what it left, are what is there now. */
async function expectChangesTell(scopeId: number): Promise<void> {
  const [baseline] = await inventory.database.query<{ id: number; at: string }>(
    `SELECT c.id, c.at FROM change c JOIN configuration_change f ON f.change_id = c.id
     WHERE f.scope_id = $1 AND c.action = 'inventory.baseline'`,
    [scopeId],
  );
  if (!baseline) return;
  const state = async (condition: string) =>
    snapshotOf(
      (
        await inventory.database.query<{ resource_id: string; body: Body }>(
          `SELECT resource_id, body FROM observed_version WHERE scope_id = $1 AND ${condition}`,
          condition.includes('$2') ? [scopeId, baseline.at] : [scopeId],
        )
      ).map(({ resource_id: id, body }) => ({ kind: 'vpc' as const, id, vpcId: null, body })),
    );
  const told = await inventory.database.query<{
    action: string;
    subject: string;
    detail: ConfigurationChange;
  }>(
    `SELECT c.action, c.subject, c.detail FROM change c JOIN configuration_change f ON f.change_id = c.id
     WHERE f.scope_id = $1 AND c.id > $2 ORDER BY c.id`,
    [scopeId, baseline.id],
  );
  const changes = told
    .filter(({ action }) => !/\.(missing|returned)$/.test(action))
    .map(({ action, subject, detail }) => ({ ...detail, action, resourceId: subject }));
  const before = await state('seen_from <= $2 AND (seen_to IS NULL OR seen_to > $2 OR missing_since > $2)');
  expect(diffSnapshots(applyChanges(before, changes), await state('seen_to IS NULL'))).toEqual([]);
}
