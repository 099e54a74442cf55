import type { Body } from '../contenders/contender';
import { quartiles, wallClock, type Times } from './alternate';

/**
 * `alternate` for bodies that may take their time elsewhere: those that return a number have timed themselves.
 *
 * @param seconds about how long to measure; every body runs at least three times after its warm-up
 * @param clock   milliseconds of any kind, for those that do not time themselves
 */
export async function alternateAsync(
  bodies: Record<string, Body>,
  seconds: number,
  clock = wallClock,
): Promise<Record<string, Times>> {
  const names = Object.keys(bodies);
  const samples: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  const timed = async (name: string): Promise<number> => {
    const start = clock();
    const result = bodies[name]!();
    const own = result instanceof Promise ? await result : undefined;
    return own ?? clock() - start;
  };
  // Once more than the first call, which traces and compiles, unless that alone takes long.
  for (const name of names)
    for (let i = 0, spent = 0; i < 20 && spent < 100 * seconds; i++) spent += await timed(name);
  const end = performance.now() + seconds * 1000;
  for (let round = 0; round < 3 || performance.now() < end; round++)
    for (const name of names) samples[name]!.push(await timed(name));
  return Object.fromEntries(names.map((name) => [name, quartiles(samples[name]!)]));
}
