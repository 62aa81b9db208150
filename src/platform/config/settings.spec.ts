import { describeSettings, formatSettings, settingsTable } from './describe-settings.js';
import { InvalidSettingsError, loadSettings, unknownVariables } from './settings.js';

describe('loadSettings', () => {
  it('needs nothing: every setting has a default or a meaning of its own', () => {
    const settings = loadSettings({});
    expect(settings.server).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      bodyBytes: 4_194_304,
      dataFolder: './.cadastre',
    });
    expect(settings.database).toEqual({ url: undefined, poolSize: 10 });
    expect(settings.log.level).toBe('info');
  });

  it('takes an empty variable for an unset one', () => {
    expect(loadSettings({ CADASTRE_PORT: '', DATABASE_URL: '' })).toEqual(loadSettings({}));
  });

  it('turns the explorer off in production unless asked', () => {
    expect(loadSettings({}).graphql.explorer).toBe(true);
    expect(loadSettings({ NODE_ENV: 'production' }).graphql.explorer).toBe(false);
    expect(loadSettings({ NODE_ENV: 'production', CADASTRE_EXPLORER: 'on' }).graphql.explorer).toBe(true);
    expect(loadSettings({ CADASTRE_EXPLORER: 'off' }).graphql.explorer).toBe(false);
  });

  it.each([
    ['CADASTRE_PORT', '65536'],
    ['CADASTRE_PORT', '-1'],
    ['CADASTRE_PORT', '4e3'],
    ['CADASTRE_PORT', ' 1 '],
    ['CADASTRE_PORT', '0x10'],
    ['CADASTRE_EXPLORER', 'yes'],
    ['CADASTRE_LOG_LEVEL', 'loud'],
    ['DATABASE_URL', 'mysql://hunter2@host'],
    ['CADASTRE_ADMIN_TOKEN', 'tooshort-hunter2'],
    ['CADASTRE_DATABASE_POOL_SIZE', '1'],
  ])('refuses %s=%j, naming variable and rule but not the value', (name, value) => {
    const error = catchError(() => loadSettings({ [name]: value }));
    expect(error).toBeInstanceOf(InvalidSettingsError);
    expect((error as Error).message).toMatch(new RegExp(`${name} must be .+\\.`));
    expect((error as Error).message).not.toContain(value);
  });

  it('names all that is wrong at once', () => {
    const error = catchError(() => loadSettings({ CADASTRE_PORT: 'x', CADASTRE_SWEEP_SECONDS: 'y' }));
    expect((error as InvalidSettingsError).problems).toHaveLength(2);
  });

  it('lists variables of ours that mean nothing', () => {
    expect(unknownVariables({ CADASTRE_PROT: '1', CADASTRE_PORT: '1', HOME: '/root' })).toEqual([
      'CADASTRE_PROT',
    ]);
  });
});

describe('what people read', () => {
  const secret = 'a-secret-that-nobody-may-ever-see-printed';
  const settings = loadSettings({ CADASTRE_ADMIN_TOKEN: secret, DATABASE_URL: `postgres://u:${secret}@h/d` });

  it.each([{ json: true }, { json: false }])('masks secrets (%j)', (options) => {
    const printed = formatSettings(settings, options);
    expect(printed).not.toContain(secret);
    expect(printed).toContain('********');
    for (const { variable, description } of describeSettings()) {
      expect(printed).toContain(variable);
      expect(printed).toContain(description);
    }
  });

  it('prints JSON that can be read back', () => {
    const read = JSON.parse(formatSettings(settings, { json: true })) as Record<string, { value: unknown }>;
    expect(read.CADASTRE_PORT!.value).toBe('4000');
    expect(read.CADASTRE_EXPLORER!.value).toBe('on');
  });

  it('makes one table row per variable', () => {
    expect(settingsTable().split('\n')).toHaveLength(describeSettings().length + 2);
    expect(settingsTable()).toContain('| `CADASTRE_PORT` | `4000` |');
  });

  it('describes every variable once, with a sentence', () => {
    const names = describeSettings().map(({ variable }) => variable);
    expect(new Set(names).size).toBe(names.length);
    for (const { description } of describeSettings()) expect(description).toMatch(/^[A-Z].*\.$/);
  });
});

function catchError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
