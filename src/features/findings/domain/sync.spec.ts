import { parseInstant, plusSeconds } from '../../../platform/context/instant.js';
import type { Observation } from './finding.js';
import { decideSync, type OpenFinding } from './sync.js';

const NOW = parseInstant('2026-12-01T12:00:00Z');
const AREA = 'aws/111122223333/eu-west-1';
const ROGUES = { kinds: ['ROGUE', 'DRIFT'], area: AREA } as const;

const rogue = (subject: string, given: Partial<Observation> = {}): Observation => ({
  kind: 'ROGUE',
  subject,
  severity: 'WARNING',
  message: `${subject} is not allocated`,
  detail: { cidr: '10.0.0.0/16' },
  ...given,
});
const open = (id: number, observation: Observation, given: Partial<OpenFinding> = {}): OpenFinding => ({
  id,
  area: AREA,
  lastSeen: NOW,
  ...observation,
  ...given,
});
const nothing = { opened: [], changed: [], touched: [], closed: [] };

it('opens what is new and closes what is not seen any more', () => {
  const [kept, gone, fresh] = [rogue('vpc-1'), rogue('vpc-2'), rogue('vpc-3')];
  expect(decideSync([open(1, kept), open(2, gone)], ROGUES, [kept, fresh], NOW)).toEqual({
    ...nothing,
    opened: [fresh],
    closed: [open(2, gone)],
  });
});

it('leaves alone what others look for: other kinds, other areas', () => {
  const others = [
    open(1, rogue('vpc-1', { kind: 'STALE' })),
    open(2, rogue('vpc-2'), { area: 'aws/444455556666/eu-west-1' }),
  ];
  expect(decideSync(others, ROGUES, [], NOW)).toEqual(nothing);
});

it('writes nothing of what is as it was, also where a fact is undefined', () => {
  const before = open(1, rogue('vpc-1'), { lastSeen: plusSeconds(NOW, -3599) });
  const again = rogue('vpc-1', { detail: { cidr: '10.0.0.0/16', account: undefined } });
  expect(decideSync([before], ROGUES, [again], NOW)).toEqual(nothing);
});

it('touches what was seen an hour ago', () => {
  const before = open(1, rogue('vpc-1'), { lastSeen: plusSeconds(NOW, -3600) });
  expect(decideSync([before], ROGUES, [rogue('vpc-1')], NOW)).toEqual({ ...nothing, touched: [before] });
});

it.each<Partial<Observation>>([
  { severity: 'CRITICAL' },
  { message: 'other words' },
  { detail: { cidr: '10.1.0.0/16' } },
])('changes one whose %o differs', (difference) => {
  const to = rogue('vpc-1', difference);
  const from = open(1, rogue('vpc-1'));
  expect(decideSync([from], ROGUES, [to], NOW)).toEqual({ ...nothing, changed: [{ from, to }] });
});

it('takes over from another area', () => {
  const from = open(1, rogue('vpc-1'), { area: 'aws/111122223333/eu-west-2' });
  expect(decideSync([from], ROGUES, [rogue('vpc-1')], NOW)).toEqual({
    ...nothing,
    changed: [{ from, to: rogue('vpc-1') }],
  });
});

it('counts the worse of two observations of one thing', () => {
  const worse = rogue('vpc-1', { severity: 'CRITICAL' });
  expect(decideSync([], ROGUES, [rogue('vpc-1'), worse, rogue('vpc-1')], NOW).opened).toEqual([worse]);
});

it('refuses a kind that was not looked for, which it could never close', () => {
  expect(() => decideSync([], ROGUES, [rogue('vpc-1', { kind: 'LATENT' })], NOW)).toThrow('LATENT');
});
