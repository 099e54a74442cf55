/**
 * The benchmark: every model, forward, gradient and step, against tfjs's own tape, jax-js and PyTorch where they are there, in turn in one
 * process. Ratios count; times depend on the machine.
 *
 *     node bench/run.mjs bench/all.ts [--backend wasm] [--only mlp,conv] [--measures step] [--seconds 3]
 *
 * Results go to bench/results/BACKEND.json, merged by model; `node bench/check.mjs` compares them with the last accepted ones, and
 * `npx tsx bench/report.ts` writes docs/benchmarks.md.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import { parseArgs } from 'node:util';
import { MEASURES, type Contender, type Measure } from './contenders/contender';
import { jaxJs } from './contenders/jaxJs';
import { native } from './contenders/native';
import { ours } from './contenders/ours';
import { pytorch } from './contenders/pytorch';
import { workloads } from './models';
import { alternateAsync } from './support/alternateAsync';
import { start } from './support/backends';
import { record, type Row } from './support/results';

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    only: { type: 'string' },
    measures: { type: 'string', default: MEASURES.join() },
    seconds: { type: 'string', default: '3' },
  },
});
await start(values.backend);

const contenders: Contender[] = [
  native,
  ours(),
  ours({ jit: true }),
  ours({ tract: true }),
  ours({ jit: true, tract: true }),
];
const closing: (() => void)[] = [];
if (values.backend === 'wasm') {
  const found = await jaxJs();
  if (typeof found === 'string') console.log(found);
  else contenders.push(found);
}
for (const threads of [1, 2]) {
  const found = await pytorch(threads);
  if (typeof found === 'string') {
    console.log(found);
    break;
  }
  contenders.push(found);
  closing.push(() => found.close());
}

for (const workload of workloads) {
  if (values.only && !values.only.split(',').includes(workload.name)) continue;
  for (const measure of values.measures.split(',') as Measure[]) {
    const prepared = [];
    const failures: Record<string, string> = {};
    for (const contender of contenders) {
      const found = contender.prepare(workload, measure);
      if (!found) continue;
      try {
        await found.body();
        prepared.push({ ...found, name: contender.name });
      } catch (error) {
        failures[contender.name] = (error as Error).message.split('\n')[0]!;
        found.dispose();
      }
    }
    const bodies = Object.fromEntries(prepared.map(({ name, body }) => [name, body]));
    const row: Row = {
      title: workload.title,
      times: await alternateAsync(bodies, Number(values.seconds)),
      failures,
    };
    for (const { dispose } of prepared) dispose();
    show(workload.title, measure, row);
    record(values.backend, workload.name, measure, row);
  }
}
for (const close of closing) close();

function show(title: string, measure: Measure, { times, failures }: Row): void {
  console.log(`${values.backend}, ${title}: ${measure}`);
  const base = times.tf?.best ?? times.eager?.best;
  for (const [name, { best, median, low, high }] of Object.entries(times)) {
    const ratio =
      base === undefined ? '' : `${(base / best).toFixed(2)} times as fast as ${times.tf ? 'tf' : 'eager'}`;
    console.log(
      `  ${name.padEnd(18)} ${best.toFixed(3)} ms at best, ${median.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})  ${ratio}`,
    );
  }
  for (const [name, why] of Object.entries(failures)) console.log(`  ${name.padEnd(18)} impossible: ${why}`);
}
