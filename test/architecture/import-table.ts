import { FEATURES, type Place, PLACES, PLATFORM, type Row, ROWS, type Target } from './layers.js';

/** Where a file stands: its place, and the name of its `X` where the place has one. */
export interface Location {
  readonly place: Place;
  readonly name: string | null;
}

const PATTERNS = Object.entries(PLACES).map(([place, glob]) => ({
  place: place as Place,
  pattern: patternOf(glob),
}));
const SPEC = /[.-]spec\.ts$/;

/** Null for a file that the table does not know. */
export function locate(path: string): Location | null {
  for (const { place, pattern } of PATTERNS) {
    const match = pattern.exec(path);
    if (match) return { place, name: match.groups?.['name'] ?? null };
  }
  return null;
}

/** Why `file` may not import `target`; null where it may. Paths from the root of the repository. */
export function objection(file: string, target: string): string | null {
  const from = locate(file);
  const to = locate(target);
  if (!from) return unknownPlace(file);
  if (!to) return unknownPlace(target);
  if (to.place === 'tests' && SPEC.test(file)) return null;
  const row = rowOf(from.place);
  const isOwn = from.place === to.place && from.name === to.name;
  if (isOwn || row.may.some((may) => covers(may, from, to))) return null;
  return sentence(row);
}

/** Why `file` may not import a package or a module of Node; null where it may. */
export function packageObjection(file: string, specifier: string): string | null {
  const from = locate(file);
  if (!from) return unknownPlace(file);
  const { packages } = rowOf(from.place);
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (!packages || packages.includes(name) || SPEC.test(file)) return null;
  return `\`${PLACES[from.place]}\` may import ${packages.length > 0 ? `of packages only ${packages.join(', ')}` : 'no package'}`;
}

/** Names that PLATFORM and FEATURES lack: nobody could tell what they may import. */
export function namesOutOfOrder(files: readonly string[]): string[] {
  const strangers = files
    .map(locate)
    .filter((at) => at?.name && orderOf(at.place) && !orderOf(at.place)!.includes(at.name));
  return [...new Set(strangers.map((at) => at!.name!))];
}

/** A row as a sentence, for messages and for the table in the docs. */
export function sentence(row: Row): string {
  return `\`${PLACES[row.from]}\` may import ${[...new Set(row.may.map(words))].join(', ') || 'nothing of ours'}`;
}

export function rowOf(place: Place): Row {
  const row = ROWS.find((candidate) => candidate.from === place);
  if (!row) throw new Error(`test/architecture/layers.ts has no row for ${place}: add one`);
  return row;
}

function covers(may: Target, from: Location, to: Location): boolean {
  if (may.place !== to.place) return false;
  switch (may.which) {
    case 'any':
      return true;
    case 'own':
      return from.name === to.name;
    case 'earlier': {
      const order = orderOf(may.place)!;
      return order.includes(to.name!) && order.indexOf(to.name!) < order.indexOf(from.name!);
    }
    default:
      return may.which.includes(to.name!);
  }
}

function orderOf(place: Place): readonly string[] | null {
  if (place === 'platform') return PLATFORM;
  return PLACES[place].startsWith('src/features/X/') ? FEATURES : null;
}

function words({ place, which }: Target): string {
  const folder = PLACES[place].replace(/\/\*\*$/, '');
  if (typeof which !== 'string') return folder.replace('X', `{${which.join(',')}}`);
  if (which === 'own') return `its own ${folder.replace('src/features/X/', '')}`;
  return `${which === 'earlier' ? 'earlier ' : ''}${folder}`;
}

function unknownPlace(path: string): string {
  return `${path} stands nowhere in test/architecture/layers.ts: move it, or give it a place and a row`;
}

function patternOf(glob: string): RegExp {
  const source = glob
    .replaceAll('.', '\\.')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '.*')
    .replace('X', '(?<name>[^/]+)');
  return new RegExp(`^${source}$`);
}
