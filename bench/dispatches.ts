/**
 * GPU dispatches of one call on webgpu: loss, loss and gradient, and a whole step of Adam; eager and jitted, beside tfjs's own tape.
 *
 *     node bench/run.mjs bench/dispatches.ts [--only mlp,small-conv,transformer] [--by-kernel]
 *
 * Results go to bench/results/dispatches-webgpu.json, merged by model.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { MEASURES, type Measure } from './contenders/contender';
import { native } from './contenders/native';
import { ours } from './contenders/ours';
import { dispatchesOf, total } from '../test/support/dispatches';
import { startWebGPU } from './support/webgpu';
import { small } from './models/small';

const { values } = parseArgs({
  options: { only: { type: 'string' }, 'by-kernel': { type: 'boolean', default: false } },
});
await startWebGPU();

const contenders = [
  native,
  ours(),
  ours({ jit: true }),
  ours({ tract: true }),
  ours({ jit: true, tract: true }),
];
const path = 'bench/results/dispatches-webgpu.json';
const results: Record<string, Record<string, Partial<Record<Measure, number>>>> = existsSync(path)
  ? JSON.parse(readFileSync(path, 'utf8'))
  : {};
for (const workload of small) {
  if (values.only && !values.only.split(',').includes(workload.name)) continue;
  console.log(workload.title);
  const row: (typeof results)[string] = (results[workload.name] = {});
  for (const contender of contenders) {
    const counts: Partial<Record<Measure, number>> = (row[contender.name] = {});
    for (const measure of MEASURES) {
      const found = contender.prepare(workload, measure);
      if (!found) continue;
      try {
        // The first call traces, and uploads what it closes over.
        await found.body();
        const dispatches = dispatchesOf(() => void found.body());
        counts[measure] = total(dispatches);
        if (values['by-kernel']) {
          const list = [...dispatches].sort(([, a], [, b]) => b - a).map(([name, n]) => `${name} ${n}`);
          console.log(`    ${contender.name} ${measure}: ${list.join(', ')}`);
        }
      } catch (error) {
        console.log(
          `    ${contender.name} ${measure} impossible: ${(error as Error).message.split('\n')[0]}`,
        );
      }
      found.dispose();
    }
    const list = Object.entries(counts).map(([measure, count]) => `${measure} ${count}`);
    console.log(`  ${contender.name.padEnd(10)} ${list.join(', ')}`);
  }
}
mkdirSync('bench/results', { recursive: true });
writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
process.exit(0);
