import { createInterface } from 'node:readline';
import { Prefix } from '../../src/address/index.js';
import type { Command } from '../../src/features/allocation/domain/command.js';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { startCore } from '../../test/support/core.js';
import type { Answer, Question, Ready } from './protocol.js';

/** A process to be killed: the core on its own embedded server, asked by lines on stdin, answering on stdout. */
const [dataFolder, poolCidr] = process.argv.slice(2) as [string, string];

const server = await startEmbeddedPostgres({ dataFolder });
await migrate(server.url);
const core = await startCore({ url: server.url });
core.publisher.onApplicationBootstrap();
const [known] = await core.database.query<{ id: number }>('SELECT id FROM pool');
const poolId = known?.id ?? (await core.pool({ cidrs: [poolCidr] }));

function tell(line: Ready | Answer): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function answer({ n, command }: Question): Promise<Answer> {
  try {
    const outcome = await core.engine.submit(poolId, {
      command: parsed(command),
      actor: 'drill',
      correlation: String(n),
    });
    if (!outcome.ok) return { n, refused: outcome.failure.code };
    const { id, cidr, status } = outcome.allocation;
    return { n, allocation: { id, cidr: cidr.toString(), status } };
  } catch (error) {
    return { n, failed: String(error) };
  }
}

/** A CIDR travels as text. */
function parsed(command: Question['command']): Command {
  const { cidr, ...rest } = command as { cidr?: string };
  return (cidr === undefined ? rest : { ...rest, cidr: Prefix.must(cidr) }) as Command;
}

createInterface({ input: process.stdin })
  .on('line', (line) => void answer(JSON.parse(line) as Question).then(tell))
  .on('close', () => void core.stop().then(() => server.stop()));
tell({ url: server.url, postgres: server.pid });
