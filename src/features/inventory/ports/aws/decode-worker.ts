import { parentPort } from 'node:worker_threads';
import { answer, type Job } from './decode-job.js';

// one page at a time; what comes meanwhile waits in the port
parentPort?.on('message', (job: Job) => parentPort?.postMessage(answer(job)));
