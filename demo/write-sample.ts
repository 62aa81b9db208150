import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE_FOLDER, SEED } from './sample-folder.js';
import { sampleFiles, sampleNetwork } from './sample-network.js';

/** `npm run sample`: makes the files of the sample company again. */
mkdirSync(SAMPLE_FOLDER, { recursive: true });
for (const name of readdirSync(SAMPLE_FOLDER)) rmSync(join(SAMPLE_FOLDER, name));
const files = sampleFiles(sampleNetwork(SEED));
for (const [name, text] of files) writeFileSync(join(SAMPLE_FOLDER, name), text);
console.log(`${files.size} files in ${SAMPLE_FOLDER}`);
