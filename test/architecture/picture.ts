import { sentence } from './import-table.js';
import { FEATURES, type Place, PLACES, PLATFORM, ROWS, type Target } from './layers.js';

const BEGIN = '<!-- printed from test/architecture/layers.ts by `npm run check -- --write` -->';
const END = '<!-- end of what is printed -->';

/** `document` with the picture and the table between its two markers as they are now. */
export function withPicture(document: string): string {
  const [before, rest] = split(document, BEGIN);
  const [, after] = split(rest, END);
  return `${before}${BEGIN}\n\n${picture()}\n\n${table()}\n\n${END}${after}`;
}

/** Who may import whom, in Mermaid; an arrow leads to what is imported. Tests, which may import all, are left out. */
export function picture(): string {
  const rows = ROWS.filter(({ from }) => from !== 'tests');
  const arrows = rows.flatMap(({ from, may }) => may.map((target) => arrow(from, target)));
  return [
    '```mermaid',
    'flowchart TD',
    ...[...groups(rows.map(({ from }) => from))].flatMap(([folder, places]) => boxes(folder, places)),
    ...[...new Set(arrows)].map((line) => `  ${line}`),
    '```',
  ].join('\n');
}

function table(): string {
  const sentences = ROWS.filter(({ from }) => from !== 'tests').map((row) => `- ${sentence(row)}`);
  return [
    `- The order inside \`src/platform\`: ${PLATFORM.join(', ')}.`,
    `- The order inside \`src/features\`: ${FEATURES.join(', ')}.`,
    ...sentences,
  ].join('\n');
}

function groups(places: readonly Place[]): Map<string, Place[]> {
  const byFolder = new Map<string, Place[]>();
  for (const place of places) {
    const folder = /^(src\/features\/X|src\/clients)\//.exec(PLACES[place])?.[1] ?? '';
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), place]);
  }
  return byFolder;
}

function boxes(folder: string, places: readonly Place[]): string[] {
  const box = (place: Place): string =>
    `${place}_["${PLACES[place].slice(folder ? folder.length + 1 : 0).replace(/\/\*\*$/, '/')}"]`;
  if (!folder) return places.map((place) => `  ${box(place)}`);
  return [
    `  subgraph ${folder.replaceAll('/', '_')}_["${folder}"]`,
    ...places.map((place) => `    ${box(place)}`),
    '  end',
  ];
}

function arrow(from: Place, { place, which }: Target): string {
  if (typeof which !== 'string') return `${from}_ -->|"${which.join(', ')}"| ${place}_`;
  return which === 'earlier' ? `${from}_ -.->|earlier| ${place}_` : `${from}_ --> ${place}_`;
}

function split(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker);
  if (at < 0) throw new Error(`docs/architecture.md lacks the line ${marker}: put it back`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}
