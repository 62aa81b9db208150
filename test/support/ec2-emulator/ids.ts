import { createHash } from 'node:crypto';

/** Ids in AWS's form that depend on the place and on what was made there before, so that two runs have the same. */
export class Ids {
  private readonly made = new Map<string, number>();

  constructor(private place: string) {}

  /** A series of its own from here on. */
  begin(series: string): void {
    this.place = `${this.place} ${series}`;
    this.made.clear();
  }

  /** `vpc` → `vpc-0` and 16 hexadecimal digits. */
  next(prefix: string): string {
    const count = (this.made.get(prefix) ?? 0) + 1;
    this.made.set(prefix, count);
    return `${prefix}-0${createHash('sha256').update(`${this.place} ${prefix} ${count}`).digest('hex').slice(0, 16)}`;
  }
}

export function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** `eu-west-1` → `euw1`, as zone ids begin. */
export function shortRegion(region: string): string {
  const [area = '', direction = '', number = ''] = region.split('-');
  const letters = direction.replace(
    /(north|south|central)(east|west)|(.).*/,
    (_all, a?: string, b?: string, c?: string) => c ?? `${a!.charAt(0)}${b!.charAt(0)}`,
  );
  return `${area}${letters}${number}`;
}

/** `10.0.0.0/24` → 251: all but the five that AWS keeps. */
export function freeIn(cidr: string): number {
  return 2 ** (32 - Number(cidr.slice(cidr.indexOf('/') + 1))) - 5;
}

/** `10.0.0.0/24` and 4 → 10.0.0.4. */
export function hostIn(cidr: string, index: number): string {
  const [a = '', b = '', c = '', d = ''] = cidr.split('/')[0]!.split('.');
  const host = ((Number(c) << 8) | Number(d)) + index;
  return `${a}.${b}.${host >> 8}.${host & 255}`;
}
