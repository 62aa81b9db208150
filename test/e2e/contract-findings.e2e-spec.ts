import { FindingsService } from '../../src/features/findings/index.js';
import { systemContext } from '../../src/platform/context/request-context.js';
import { bootService, type Data, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await bootService();
  const found = (
    [
      ['ROGUE', 'vpc-1', 'WARNING', { account: '111122223333', region: 'eu-west-1', cidr: '10.0.0.0/16' }],
      ['CONFLICT', '10.0.0.0/8', 'CRITICAL', { accounts: ['111122223333', '444455556666'] }],
      ['UNMANAGED', 'vpc-2', 'INFO', { account: '444455556666', region: 'eu-west-1' }],
      ['ROGUE', 'vpc-3', 'WARNING', { account: '444455556666', region: 'us-east-1' }],
    ] as const
  ).map(([kind, subject, severity, detail]) => ({
    kind,
    subject,
    severity,
    detail,
    message: `see ${subject}`,
  }));
  const within = { kinds: ['ROGUE', 'UNMANAGED', 'CONFLICT'], area: 'test' } as const;
  await service.app.get(FindingsService).sync(systemContext('test'), within, found);
});
afterAll(() => service.stop());

const list = (variables: Data = {}) => service.call('findings', variables);
const subjects = async (filter: object) =>
  (await list({ filter })).nodes.map(({ subject }: Data) => subject as string);
const waive = (input: object) => service.call('waiveFinding', { input });
const UNTIL = '2200-01-01T00:00:00.000000Z';
const waiver = { reason: 'moves in March', contact: 'net@example.com', until: UNTIL };

describe('findings', () => {
  it('lists the worst and oldest first, page by page', async () => {
    const { nodes, totalCount } = await list();
    expect(totalCount).toBe(4);
    expect(nodes[1]).toMatchObject({
      id: expect.stringMatching(/^find_[1-9]\d*$/),
      kind: 'ROGUE',
      subject: 'vpc-1',
      severity: 'WARNING',
      message: 'see vpc-1',
      detail: { account: '111122223333', region: 'eu-west-1', cidr: '10.0.0.0/16' },
      endedAt: null,
      waiver: null,
      waived: false,
    });
    expect(await service.call('finding', { id: nodes[1].id })).toEqual(nodes[1]);
    const paged = [];
    for (let after: string | null = null, more = true; more;) {
      const { nodes: page, pageInfo }: Data = await list({ first: 1, after });
      paged.push(...page.map(({ subject }: Data) => subject));
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    expect(paged).toEqual(['10.0.0.0/8', 'vpc-1', 'vpc-3', 'vpc-2']);
  });

  it.each<[object, string[]]>([
    [{ kinds: ['ROGUE'] }, ['vpc-1', 'vpc-3']],
    [{ kinds: [] }, []],
    [{ severities: ['INFO', 'CRITICAL'] }, ['10.0.0.0/8', 'vpc-2']],
    [{ subject: 'vpc-1' }, ['vpc-1']],
    [{ text: '10.0.0.0' }, ['10.0.0.0/8', 'vpc-1']],
    [{ text: '%' }, []],
    [{ account: '111122223333' }, ['10.0.0.0/8', 'vpc-1']],
    [{ region: 'eu-west-1', account: '444455556666' }, ['vpc-2']],
    [{ waived: true }, []],
    [{ open: false }, []],
    [{ open: null, kinds: ['ROGUE'] }, ['vpc-1', 'vpc-3']],
  ])('filter %j', async (filter, expected) => {
    expect(await subjects(filter)).toEqual(expected);
    expect((await list({ filter })).totalCount).toBe(expected.length);
  });

  it('refuses what is no cursor of it', async () => {
    await expect(list({ after: 'x' })).rejects.toThrow('BAD_USER_INPUT');
  });

  it('is null for what is not there', async () => {
    for (const id of ['find_999', 'find_0', 'pool_1', ''])
      expect(await service.call('finding', { id })).toBeNull();
  });
});

describe('waiveFinding', () => {
  it('gives a waiver, and unwaiveFinding takes it away', async () => {
    const [{ id }] = (await list({ filter: { subject: 'vpc-3' } })).nodes;
    expect(await waive({ id, ...waiver })).toMatchObject({
      __typename: 'Finding',
      waived: true,
      waiver: { ...waiver, by: 'token:CADASTRE_ADMIN_TOKEN' },
    });
    expect(await subjects({ waived: true })).toEqual(['vpc-3']);
    expect(await subjects({ waived: false, kinds: ['ROGUE'] })).toEqual(['vpc-1']);
    expect(await service.call('unwaiveFinding', { input: { id } })).toMatchObject({
      waived: false,
      waiver: null,
    });
    const { nodes } = await service.call('changesOf', { id });
    expect(nodes.map(({ action }: Data) => action)).toEqual([
      'finding.unwaived',
      'finding.waived',
      'finding.opened',
    ]);
  });

  it('refuses what is over at once, and what is not there', async () => {
    const [{ id }] = (await list()).nodes;
    expect(await waive({ id, ...waiver, until: '2020-01-01T00:00:00Z' })).toMatchObject({
      code: 'RULE_VIOLATION',
      rule: 'until',
    });
    expect(await waive({ ...waiver, id: 'find_999' })).toMatchObject({ code: 'NOT_FOUND', id: 'find_999' });
    expect(await service.call('unwaiveFinding', { input: { id: 'x' } })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each([{ reason: '' }, { reason: ' ' }, { contact: '' }, { reason: 'x'.repeat(1025) }])(
    'wants words: %o',
    async (given) => {
      await expect(waive({ id: 'find_1', ...waiver, ...given })).rejects.toThrow('BAD_USER_INPUT');
    },
  );
});
