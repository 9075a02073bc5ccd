/** What all benches have in common in their numbers: medians, quantiles, and sides that take turns. */

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The value below which this part of the values lies; between two of them in proportion (R's type 7).
 *
 * @param part 0 to 1
 */
export function quantile(values: readonly number[], part: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) throw new Error("there is no quantile of no values");
  const place = part * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return below + (above - below) * (place - Math.floor(place));
}

/** A result is the median of at least so many samples. */
export const leastSamples = 5;

/** One sample of each side. */
export type Turn<Name extends string, Sample> = Readonly<Record<Name, Sample>>;

interface Turns<Name extends string, Sample> {
  /** Asked once there are samples enough for a median. */
  readonly isEnough: (turns: number) => boolean;
  readonly onTurn: (number: number, turn: Turn<Name, Sample>) => void;
}

/**
 * Lets the sides take turns, one after the other in their order: whatever else the machine does falls on all alike.
 * The first turn warms up and does not count.
 */
export async function takeTurns<Name extends string, Sample>(
  sides: Readonly<Record<Name, () => Promise<Sample>>>,
  { isEnough, onTurn }: Turns<Name, Sample>,
): Promise<readonly Turn<Name, Sample>[]> {
  await oneTurn(sides);
  const turns: Turn<Name, Sample>[] = [];
  while (turns.length < leastSamples || !isEnough(turns.length)) {
    const turn = await oneTurn(sides);
    onTurn(turns.push(turn), turn);
  }
  return turns;
}

async function oneTurn<Name extends string, Sample>(
  sides: Readonly<Record<Name, () => Promise<Sample>>>,
): Promise<Turn<Name, Sample>> {
  const samples: [string, Sample][] = [];
  for (const [name, run] of Object.entries<() => Promise<Sample>>(sides)) samples.push([name, await run()]);
  // One sample under each name of `sides`, and none besides.
  return Object.fromEntries(samples) as Record<Name, Sample>;
}
