import { loadSettings } from '../config/settings.js';
import { createLog, NestLog } from './log.js';
import { redact } from './redact.js';

function logTo(lines: string[], level = 'info') {
  return createLog(loadSettings({ CADASTRE_LOG_LEVEL: level }).log, {
    write: (line) => void lines.push(line),
  });
}

const SECRET = `cad_${'x'.repeat(43)}`;

describe('redact', () => {
  it.each([
    [`Authorization: Bearer ${'a'.repeat(40)}==`, 'Authorization: Bearer [secret]'],
    [`token ${SECRET} refused`, 'token [secret] refused'],
    ['postgres://cadastre:hunter2@db.example:5432/ipam', 'postgres://cadastre:[secret]@db.example:5432/ipam'],
    ['http://127.0.0.1:4000/graphql', 'http://127.0.0.1:4000/graphql'],
    ['10.0.0.0/8 is taken', '10.0.0.0/8 is taken'],
  ])('%j becomes %j', (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });
});

it('writes one JSON object per line, without secrets wherever they stand', () => {
  const lines: string[] = [];
  const log = logTo(lines);
  log.info({ headers: { authorization: 'Basic aHVudGVyMg==' }, note: `with ${SECRET}` }, `said ${SECRET}`);
  log.error({ err: new Error(`connect postgres://u:hunter2@h/d failed`) });
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).not.toMatch(/aHVudGVyMg|hunter2|xxxx/);
    expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), time: expect.any(String) });
  }
});

describe('NestLog', () => {
  it('takes text, objects and errors, with the context that Nest puts last', () => {
    const lines: string[] = [];
    const log = new NestLog(logTo(lines));
    log.log('started', 'NestFactory');
    log.error({ msg: 'failed', correlation: 'c-1' }, 'graphql');
    log.error('broke', 'Error: broke\n    at x', 'Handler');
    log.warn(new Error('odd'), 'jobs');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ level: 'info', context: 'NestFactory', msg: 'started' }),
      expect.objectContaining({ level: 'error', context: 'graphql', msg: 'failed', correlation: 'c-1' }),
      expect.objectContaining({
        level: 'error',
        context: 'Handler',
        msg: 'broke',
        stack: expect.stringContaining('at x'),
      }),
      expect.objectContaining({
        level: 'warn',
        context: 'jobs',
        msg: 'odd',
        err: expect.objectContaining({ message: 'odd' }),
      }),
    ]);
  });

  it('writes nothing below its level', () => {
    const lines: string[] = [];
    new NestLog(logTo(lines, 'warn')).log('quiet');
    expect(lines).toEqual([]);
  });
});
