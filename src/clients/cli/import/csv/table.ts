import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type InfoRecord, type Options, parse } from 'csv-parse';
import { type SourceFile, unusableFile } from '../source-file.js';

/** A record and the line that it ends on. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** No record is longer, in characters. */
export const LONGEST_RECORD = 1024 * 1024;
const DELIMITERS = [',', ';', '\t', '|'] as const;
const MOST_HEADER = 64 * 1024;

/** The records of a CSV file one by one, the header first; empty lines are left out. Throws UsageError. */
export async function* recordsOf(file: SourceFile, seen?: (bytes: number) => void): AsyncIterable<CsvRecord> {
  const parser = parse({
    delimiter: await delimiterOf(file),
    max_record_size: LONGEST_RECORD,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
    on_record: numbered as unknown as Options['on_record'],
  });
  // what goes wrong with the file is thrown by the parser, which it ends
  pipeline(Readable.from(file.chunks(seen)), parser).catch(() => undefined);
  try {
    for await (const record of parser as AsyncIterable<CsvRecord>) yield record;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (!code?.startsWith('CSV_')) throw error;
    throw unusableFile(file.path, `is no CSV: ${message}`);
  }
}

function numbered(fields: string[], { lines }: InfoRecord): CsvRecord {
  return { line: lines, fields };
}

/** The one that the first line has most of, outside of quotes. */
async function delimiterOf(file: SourceFile): Promise<string> {
  let text = '';
  for await (const chunk of file.chunks()) {
    text += chunk.toString('latin1');
    if (/\S[^\n]*\n/.test(text) || text.length > MOST_HEADER) break;
  }
  const [line = ''] = text.trimStart().split('\n', 1);
  const bare = line.replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}
