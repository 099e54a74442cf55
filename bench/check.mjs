/**
 * Compares the ratios of the last run with the accepted ones and says what got slower:
 *
 *     node bench/check.mjs [backend] [--accept]
 *
 * Ratios are of the least times, contender over tfjs's own tape (or over eager where the tape can't), in one run: a machine's speed cancels.
 * Exit code 1 where a ratio of ours grew by more than a quarter. --accept makes the last run the accepted one.
 */
import { copyFileSync, existsSync, readFileSync } from 'node:fs';

const TOLERANCE = 1.25;
const backend = process.argv.slice(2).find((arg) => !arg.startsWith('--')) ?? 'wasm';
const [last, accepted] = [`bench/results/${backend}.json`, `bench/results/accepted-${backend}.json`];
if (process.argv.includes('--accept')) {
  copyFileSync(last, accepted);
  console.log(`${last} is accepted.`);
  process.exit(0);
}
if (!existsSync(last) || !existsSync(accepted)) {
  console.error(
    `There is no ${existsSync(last) ? accepted : last}: run bench/all.ts, then this with --accept.`,
  );
  process.exit(2);
}

/** Ratios of our contenders by "model measure contender". */
function ratios(path) {
  const found = new Map();
  for (const [model, measures] of Object.entries(JSON.parse(readFileSync(path, 'utf8')).models)) {
    for (const [measure, { times }] of Object.entries(measures)) {
      const base = times.tf ?? times.eager;
      for (const [name, { best }] of Object.entries(times)) {
        if (/^(eager|jit)/.test(name) && base) found.set(`${model} ${measure} ${name}`, best / base.best);
      }
    }
  }
  return found;
}

const before = ratios(accepted);
let slower = 0;
for (const [what, ratio] of ratios(last)) {
  const old = before.get(what);
  if (old === undefined || ratio <= old * TOLERANCE) continue;
  slower++;
  console.log(`slower: ${what} takes ${ratio.toFixed(2)} of the base's time, ${old.toFixed(2)} before`);
}
console.log(slower === 0 ? 'Nothing got slower.' : `${slower} of ${before.size} ratios got worse.`);
process.exit(slower === 0 ? 0 : 1);
