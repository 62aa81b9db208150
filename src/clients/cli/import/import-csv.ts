import type { Api } from './api.js';
import { type CidrProblem, quoted } from './cidr-text.js';
import {
  cadastre,
  type CsvRow,
  detectFormat,
  type Format,
  type FormatReader,
  masterKey,
  netbox,
  phpipam,
  type RowReader,
} from './csv/formats.js';
import { type Columns, columnsOf } from './csv/header.js';
import { type CsvRecord, LONGEST_RECORD, recordsOf } from './csv/table.js';
import type { Place } from './entry.js';
import { fingerprint, Fingerprints } from './fingerprints.js';
import { limitBroken } from './limits.js';
import type { Loader, Outcome } from './loader.js';
import { Pools } from './pools.js';
import type { Progress } from './progress.js';
import { Rehearsal } from './rehearsal.js';
import type { Report } from './report.js';
import { inspectFile, type SourceFile, unusableFile } from './source-file.js';
import { type StatedEntry, StatedLoader } from './states.js';

export interface CsvOptions {
  /** Undefined: told by the header. */
  readonly format?: Format;
  /** Pools of this routing domain count as well as GLOBAL ones. */
  readonly routingDomain: string | null;
  /** How long reserved rows are held. */
  readonly ttlSeconds: number;
  readonly dryRun: boolean;
}

interface CsvEntry extends StatedEntry {
  readonly poolName: string;
}

/** Registers the rows of a CSV file. Throws UsageError for a file that is none, or whose header is wrong. */
export async function importCsv(
  api: Api,
  path: string,
  options: CsvOptions,
  report: Report,
  progress: Progress,
): Promise<{ readonly format: Format }> {
  const file = await inspectFile(path, { lineBytes: LONGEST_RECORD, quoted: true });
  const { format, reader } = await readHeader(file, options.format);
  const pools = await Pools.read(api, options.routingDomain);
  progress.start('Rows', file.size);
  await new CsvImport(api, file, pools, options, report).run(reader, (bytes) => progress.advance(bytes));
  return { format };
}

async function readHeader(
  file: SourceFile,
  given: Format | undefined,
): Promise<{ format: Format; reader: RowReader }> {
  for await (const { fields } of recordsOf(file)) {
    const columns = columnsOf(fields);
    if (typeof columns === 'string') throw unusableFile(file.path, columns);
    const format = given ?? detectFormat(columns);
    const readers: Record<Format, () => Promise<FormatReader> | FormatReader> = {
      cadastre: () => cadastre,
      netbox: () => netbox,
      phpipam: async () => phpipam(await mastersIn(file, columns)),
    };
    const reader = (await readers[format]())(columns);
    if (typeof reader === 'string')
      throw unusableFile(file.path, `${reader} (read as ${format}: see --format)`);
    return { format, reader };
  }
  throw unusableFile(file.path, 'has no header');
}

/** What other subnets name as theirs. */
async function mastersIn(file: SourceFile, columns: Columns): Promise<Set<string>> {
  const masters = new Set<string>();
  const [master, section, vrf] = ['master_subnet', 'section', 'vrf'].map((name) => columns.get(name) ?? -1);
  if (master === -1) return masters;
  for await (const { fields } of recordsOf(file))
    if (fields[master!]) masters.add(masterKey(fields[section!] ?? '', fields[vrf!] ?? '', fields[master!]!));
  return masters;
}

/** Lines are told up to this one; a content of 32 bits and a line fill a number. */
const LINES = 2 ** 21;

class CsvImport {
  private readonly loader: Loader<CsvEntry>;
  /** Content and line of a row by what it registers. */
  private readonly rows = new Fingerprints();

  constructor(
    api: Api,
    private readonly file: SourceFile,
    private readonly pools: Pools,
    options: CsvOptions,
    private readonly report: Report,
  ) {
    const settled = (entry: CsvEntry, outcome: Outcome): void =>
      this.report.settle(
        { place: entry.place, what: entry.key ?? '', pool: entry.poolName, cidr: entry.cidr },
        outcome,
      );
    this.loader = options.dryRun
      ? new Rehearsal(api, settled, pools)
      : new StatedLoader(api, settled, options.ttlSeconds);
  }

  async run(reader: RowReader, seen: (bytes: number) => void): Promise<void> {
    let isHeader = true;
    for await (const record of recordsOf(this.file, seen)) {
      if (isHeader) isHeader = false;
      else {
        const entry = this.entryOf(record, reader);
        if (entry) await this.loader.add(entry);
      }
    }
    await this.loader.flush();
  }

  /** Null, and it is told, for a row that registers nothing. */
  private entryOf({ line, fields }: CsvRecord, reader: RowReader): CsvEntry | null {
    const place = { file: this.file.path, at: `line ${line}` };
    const row = reader.read(fields);
    if ('skip' in row) {
      const cidr = reader.cidrText(fields);
      this.report.add({ fate: 'skipped', place, what: '', cidr, reason: row.skip });
      return null;
    }
    if ('problem' in row) return this.invalid(place, reader.cidrText(fields), row.problem);
    const broken = limitBroken(row);
    if (broken)
      return this.invalid(place, row.cidr.toString(), { reason: broken, todo: 'Shorten or mend it.' });
    const pool = row.pool === '' ? this.pools.forCidr(row.cidr) : this.pools.find(row.pool);
    if (!pool) return this.outside(place, row);
    const entry = { ...row, place, pool: pool.id, poolName: pool.name };
    return this.isRepeated(entry, line, fields) ? null : entry;
  }

  private isRepeated(
    { place, pool, poolName, cidr, key = '' }: CsvEntry,
    line: number,
    fields: readonly string[],
  ): boolean {
    const content = fingerprint(fields.join('\0'));
    const before = this.rows.keep(
      `${pool} ${cidr.toString()} ${key}`,
      content * LINES + Math.min(line, LINES - 1),
    );
    if (before === undefined) return false;
    if (Math.floor(before / LINES) === content) this.report.repeat();
    else
      this.report.settle(
        { place, what: key, pool: poolName, cidr },
        {
          fate: 'conflicting',
          reason: `line ${before % LINES} says something else of the same CIDR`,
          todo: 'Leave out the one that is wrong.',
        },
      );
    return true;
  }

  private invalid(place: Place, cidr: string, problem: CidrProblem): null {
    this.report.add({ fate: 'invalid', place, what: '', cidr, ...problem });
    return null;
  }

  private outside(place: Place, { pool, cidr, key = '' }: CsvRow): null {
    const row = { place, what: key, cidr };
    if (pool === '')
      this.report.settleOutside(row, {
        fate: 'outside',
        reason: 'no pool contains it',
        todo: 'Make a pool for it, or name one.',
      });
    else
      this.report.settle(row, {
        fate: 'outside',
        reason: `there is no pool ${quoted(pool)}`,
        todo: 'See `cadastre pool list`, or make it.',
      });
    return null;
  }
}
