import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { company, type CompanyOptions, LARGE_COMPANY } from './company.js';
import { Ec2Emulator } from './emulator.js';
import type { World } from './world.js';

/**
 * The emulator as a process of its own: prints `{"url": …}` when it serves, ends when its standard input does or on
 * SIGTERM.
 *
 * `--company '{"accounts": 3}'`: the company's world with these options, otherwise as large as LARGE_COMPANY.
 * `--module FILE`: the world that the module's function `world()` gives; it may change it later.
 * `--port 4566`: listens there, for people; else on a free one. `--frozen`: answers are kept. `--options '{"paging": {"most": 7}}'`: EmulatorOptions.
 */
const { values } = parseArgs({
  options: {
    company: { type: 'string', default: '{}' },
    module: { type: 'string' },
    port: { type: 'string', default: '0' },
    frozen: { type: 'boolean', default: false },
    options: { type: 'string', default: '{}' },
  },
});

const world = await chosen();
const emulator = await Ec2Emulator.start(world, {
  ...(JSON.parse(values.options) as object),
  frozen: values.frozen,
  port: Number(values.port),
});
if (values.frozen) emulator.warmUp();
console.log(JSON.stringify({ url: emulator.url }));
process.stdin.resume();
await Promise.race([once(process.stdin, 'end'), once(process, 'SIGTERM'), once(process, 'SIGINT')]);
await emulator.close();
process.exit(0);

async function chosen(): Promise<World> {
  if (values.module === undefined) {
    const options = JSON.parse(values.company) as Partial<CompanyOptions>;
    return company({ ...LARGE_COMPANY, lazy: values.frozen, ...options });
  }
  const module = (await import(pathToFileURL(values.module).href)) as { world: () => World };
  return module.world();
}
