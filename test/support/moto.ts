import { EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { createServer } from 'node:net';
import { OWN_KEY } from './ec2-emulator/client.js';
import { runProgram } from './program.js';
import { until } from './until.js';

const START_SECONDS = 90;

/** `moto_server`, which somebody else wrote, on a port of the loopback. */
export async function startMoto() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' };
  const server = runProgram('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { env, detached: true });
  await until(
    'moto_server answers',
    () => {
      if (server.child.exitCode !== null) throw new Error(server.stderr());
      return fetch(`${url}/moto-api/`).catch(() => null);
    },
    START_SECONDS,
  );
  return {
    url,

    /** In an account, through AssumeRole. */
    async client(account: string, region: string): Promise<EC2Client> {
      const sts = new STSClient({ region, endpoint: url, credentials: OWN_KEY });
      const { Credentials } = await sts.send(
        new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/Test`, RoleSessionName: 'test' }),
      );
      sts.destroy();
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = Credentials ?? {};
      return new EC2Client({
        region,
        endpoint: url,
        credentials: {
          accessKeyId: AccessKeyId,
          secretAccessKey: SecretAccessKey,
          sessionToken: SessionToken,
        },
      });
    },

    /** With the processes that it started. */
    stop(): void {
      if (server.child.pid) process.kill(-server.child.pid, 'SIGKILL');
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
