/** Median, quartiles and the least of times in milliseconds. On a machine that others use, the least is the program's own. */
export interface Times {
  best: number;
  median: number;
  low: number;
  high: number;
}

/** Milliseconds that have passed. */
export const wallClock = (): number => performance.now();

/** Milliseconds that processors spent on this process, its garbage collector's threads included: what others take away does not count. */
export function processorClock(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Times several bodies in turn, A B C A B C ..., so that a drift of the machine's speed meets all alike.
 *
 * @param seconds about how long to measure, after a warm-up
 * @param clock   milliseconds of any kind
 */
export function alternate(
  bodies: Record<string, () => void>,
  seconds = 3,
  clock = wallClock,
): Record<string, Times> {
  const names = Object.keys(bodies);
  const samples: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let i = 0; i < 3; i++) for (const name of names) bodies[name]!();
  const end = performance.now() + seconds * 1000;
  do {
    for (const name of names) {
      const start = clock();
      bodies[name]!();
      samples[name]!.push(clock() - start);
    }
  } while (performance.now() < end);
  return Object.fromEntries(names.map((name) => [name, quartiles(samples[name]!)]));
}

/** Median and quartiles. */
export function quartiles(values: number[]): Times {
  const sorted = values.slice().sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
  return { best: sorted[0]!, median: at(0.5), low: at(0.25), high: at(0.75) };
}
