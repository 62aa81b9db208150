/** Runs one round of one side and gives its value. What is not counted is warm-up. */
export type Side = (counted: boolean) => Promise<number>;

export interface Sides<Values> {
  readonly ours: Values;
  readonly theirs: Values;
}

/** A B A B …: both sides meet the same moods of the machine. One round of each before the first counted one. */
export async function interleave({ ours, theirs }: Sides<Side>, rounds: number): Promise<Sides<number[]>> {
  if (rounds < 1) throw new RangeError(`${rounds} rounds: give --rounds 1 or more (5 for figures to keep)`);
  const values = { ours: [] as number[], theirs: [] as number[] };
  await ours(false);
  await theirs(false);
  for (let round = 0; round < rounds; round++) {
    values.ours.push(await ours(true));
    values.theirs.push(await theirs(true));
  }
  return values;
}
