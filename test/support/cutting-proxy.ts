import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import pg from 'pg';

/**
 * Stands between a client and PostgreSQL. Armed, it cuts the connection of the next COMMIT, once: PostgreSQL has answered
 * it, and the client hears nothing of that, nor of what travelled with it.
 */
export async function cuttingProxy(target: string) {
  const { host, port } = new pg.Client({ connectionString: target });
  const upstream = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const sockets = new Set<Socket>();
  let armed = false;

  const server = createServer((client) => {
    const database = connect(upstream);
    let committing = false;
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        database.destroy();
      });
    }
    client.on('data', (data: Buffer) => {
      committing ||= armed && data.includes('COMMIT\0');
      database.write(data);
    });
    database.on('data', (data: Buffer) => {
      if (!committing) return void client.write(data);
      // the tag of its answer; a cut before it would leave the outcome to chance
      if (!data.includes('COMMIT\0')) return;
      armed = false;
      client.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const url = new URL(target);
  url.searchParams.delete('host');
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    arm: () => void (armed = true),
    async close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
