import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Answer, type Job, pageOf } from './decode-job.js';
import { decodePage, type Page, type ReaderName, type RowOf } from './decode-page.js';
import type { Place } from './reader.js';

/** Smaller pages take less to read (under a millisecond) than to hand over. */
const SMALL_BYTES = 32 * 1024;

interface Lane {
  readonly worker: Worker;
  readonly waiting: Map<number, { resolve: (page: Page<unknown>) => void; reject: (error: Error) => void }>;
}

/**
 * Decodes pages off the event loop: in worker threads where the compiled worker stands beside this file, in this thread
 * where it does not (TypeScript sources under test). A worker that dies fails its pages and is replaced at the next one.
 */
export class Decoder {
  private readonly lanes: Lane[] = [];
  private lastId = 0;
  private closed = false;

  constructor(
    private readonly workers: number = Math.min(2, Math.max(1, availableParallelism() - 1)),
    private readonly file: URL = new URL('./decode-worker.js', import.meta.url),
    private readonly smallBytes: number = SMALL_BYTES,
  ) {
    if (!existsSync(file)) this.workers = 0;
  }

  /** Whether large pages go to other threads. */
  get threaded(): boolean {
    return this.workers > 0;
  }

  /**
   * Takes `bytes` over: they may be gone afterwards. Throws what decodePage throws, and Error when the worker died.
   */
  async decode<N extends ReaderName>(reader: N, bytes: Uint8Array, place: Place): Promise<Page<RowOf<N>>> {
    if (this.workers === 0 || this.closed || bytes.byteLength < this.smallBytes) {
      return decodePage(reader, bytes, place);
    }
    const lane = this.lane();
    const id = ++this.lastId;
    const job: Job = { id, reader, bytes, place };
    return new Promise<Page<unknown>>((resolve, reject) => {
      lane.waiting.set(id, { resolve, reject });
      // a thread that waits for nothing must not keep the process alive
      lane.worker.ref();
      const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
      lane.worker.postMessage(job, whole ? [bytes.buffer as ArrayBuffer] : []);
    }) as Promise<Page<RowOf<N>>>;
  }

  /** Ends the threads; pages in them fail. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.lanes.map(({ worker }) => worker.terminate()));
  }

  /** The one with the least to do; a new one while all are busy and there may be more. */
  private lane(): Lane {
    const least = this.lanes.reduce<Lane | null>(
      (best, lane) => (best === null || lane.waiting.size < best.waiting.size ? lane : best),
      null,
    );
    return least && (least.waiting.size === 0 || this.lanes.length >= this.workers) ? least : this.started();
  }

  private started(): Lane {
    const worker = new Worker(this.file);
    const lane: Lane = { worker, waiting: new Map() };
    worker.unref();
    worker.on('message', (done: Answer) => {
      const job = lane.waiting.get(done.id);
      lane.waiting.delete(done.id);
      if (lane.waiting.size === 0) worker.unref();
      try {
        job?.resolve(pageOf(done));
      } catch (error) {
        job?.reject(error as Error);
      }
    });
    const end = (error: Error) => {
      const index = this.lanes.indexOf(lane);
      if (index >= 0) this.lanes.splice(index, 1);
      for (const { reject } of lane.waiting.values()) reject(error);
      lane.waiting.clear();
    };
    worker.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => end(new Error('the decoding thread ended')));
    this.lanes.push(lane);
    return lane;
  }
}
