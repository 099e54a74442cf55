/**
 * Compares the ratios of the last runs with the accepted ones and says what got slower:
 *
 *     node bench/check.mjs [wasm | cpu | tensorflow-1 | tensorflow-2 | webgpu ...] [--accept]
 *
 * Without names, all of which there are results. Ratios are of the least times, contender over tfjs's own tape (or over eager where the tape
 * can't), in one run: a machine's speed cancels. Exit code 1 where a ratio of ours grew by more than a quarter, or where something of ours
 * that had a time has none. --accept makes the last runs the accepted ones.
 */
import { copyFileSync, existsSync, readFileSync } from 'node:fs';

const TOLERANCE = 1.25;
const RUNS = ['wasm', 'cpu', 'tensorflow-1', 'tensorflow-2', 'webgpu'];
const lastOf = (run) => `bench/results/${run}.json`;
const acceptedOf = (run) => `bench/results/accepted-${run}.json`;

const named = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const wrong = named.find((run) => !RUNS.includes(run) || !existsSync(lastOf(run)));
if (wrong) fail(`there is no ${lastOf(wrong)}: runs are ${RUNS.join(', ')}, by bench/all.ts`);
const runs = named.length > 0 ? named : RUNS.filter((run) => existsSync(lastOf(run)));
if (runs.length === 0) fail('there are no results: run bench/all.ts');

if (process.argv.includes('--accept')) {
  for (const run of runs) copyFileSync(lastOf(run), acceptedOf(run));
  console.log(`Accepted: ${runs.join(', ')}.`);
  process.exit(0);
}

let [compared, worse] = [0, 0];
for (const run of runs) {
  if (!existsSync(acceptedOf(run))) {
    console.log(`${run}: nothing was accepted yet (--accept does that).`);
    continue;
  }
  const now = ratios(lastOf(run));
  for (const [what, { ratio: before, clock }] of ratios(acceptedOf(run))) {
    const found = now.get(what);
    if (found && found.clock !== clock) continue; // Times of another kind.
    compared++;
    if (found && found.ratio <= before * TOLERANCE) continue;
    worse++;
    console.log(
      found
        ? `slower: ${run} ${what} takes ${found.ratio.toFixed(2)} of the base's time, ${before.toFixed(2)} before`
        : `gone: ${run} ${what} has no time any more, ${before.toFixed(2)} of the base's before`,
    );
  }
}
console.log(
  worse === 0 ? `None of ${compared} ratios got worse.` : `${worse} of ${compared} ratios got worse.`,
);
process.exit(worse === 0 ? 0 : 1);

/** Ratios of our contenders by "model measure contender". */
function ratios(path) {
  const found = new Map();
  for (const [model, measures] of Object.entries(JSON.parse(readFileSync(path, 'utf8')).models)) {
    for (const [measure, { times, clock = 'wall' }] of Object.entries(measures)) {
      const base = times.tf ?? times.eager;
      for (const [name, { best }] of Object.entries(times)) {
        if (/^(eager|jit)/.test(name) && base)
          found.set(`${model} ${measure} ${name}`, { ratio: best / base.best, clock });
      }
    }
  }
  return found;
}

function fail(why) {
  console.error(why);
  process.exit(2);
}
