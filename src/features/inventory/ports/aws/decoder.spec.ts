import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { scratchFolder } from '../../../../../test/support/postgres-scratch.js';
import { translateInto } from '../../../../../test/support/program.js';
import { decodePage } from './decode-page.js';
import { Decoder } from './decoder.js';

const HERE = 'src/features/inventory/ports/aws';
const place = { account: '1', region: 'r' };
const page = (count: number) =>
  new TextEncoder().encode(
    `<R><internetGatewaySet>${Array.from(
      { length: count },
      (_, i) =>
        `<item><internetGatewayId>igw-${i}</internetGatewayId><attachmentSet><item><vpcId>vpc-${i}</vpcId><state>available</state></item></attachmentSet><tagSet><item><key>Name</key><value>ü${i}</value></item></tagSet></item>`,
    ).join('')}</internetGatewaySet><nextToken>t</nextToken></R>`,
  );
const association =
  '<R><associations><item><transitGatewayAttachmentId>a-1</transitGatewayAttachmentId></item></associations></R>';

let scratch: ReturnType<typeof scratchFolder>;
let worker: URL;
beforeAll(() => {
  scratch = scratchFolder();
  translateInto(join(scratch.path, 'p'), ['src/address', 'src/features/inventory']);
  worker = pathToFileURL(join(scratch.path, 'p', HERE, 'decode-worker.js'));
}, 60_000);
afterAll(() => scratch.remove());

it('decodes in other threads to what this thread decodes to', async () => {
  const decoder = new Decoder(2, worker, 0);
  expect(decoder.threaded).toBe(true);
  const counts = [1, 1000, 3, 0, 500, 7];
  const pages = await Promise.all(
    counts.map((count) => decoder.decode('internetGateway', page(count), place)),
  );
  expect(pages).toEqual(counts.map((count) => decodePage('internetGateway', page(count), place)));
  const part = await decoder.decode('transitAssociation', new TextEncoder().encode(association), place);
  expect(part).toEqual({ rows: ['a-1'], next: null, more: false });
  await decoder.close();
});

it('fails one page as it would here, and decodes the next', async () => {
  const decoder = new Decoder(1, worker, 0);
  const cut = page(5).slice(0, 300);
  await expect(decoder.decode('internetGateway', cut, place)).rejects.toMatchObject({
    name: 'NotWellFormedError',
  });
  await expect(decoder.decode('vpc', page(5), place)).rejects.toMatchObject({ name: 'NoListError' });
  expect((await decoder.decode('internetGateway', page(5), place)).rows).toHaveLength(5);
  await decoder.close();
  // after the end in this thread
  expect((await decoder.decode('internetGateway', page(5), place)).rows).toHaveLength(5);
});

it('fails what a dying thread had, and starts another', async () => {
  const dying = join(scratch.path, 'p', 'dying.js');
  writeFileSync(
    dying,
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(1));",
  );
  const decoder = new Decoder(1, pathToFileURL(dying), 0);
  for (let i = 0; i < 2; i++) {
    await expect(decoder.decode('internetGateway', page(1), place)).rejects.toThrow(
      'the decoding thread ended',
    );
  }
  await decoder.close();
});

it('decodes here where there is no compiled worker', async () => {
  const decoder = new Decoder();
  expect(decoder.threaded).toBe(false);
  expect((await decoder.decode('internetGateway', page(2000), place)).rows).toHaveLength(2000);
});
