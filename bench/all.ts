/**
 * The benchmark on one backend: every model, forward, gradient and step, against tfjs's own tape, tf.layers, jax-js and PyTorch where they are
 * there, in turn in one process. Ratios count; times depend on the machine.
 *
 *     node bench/run.mjs bench/all.ts [--backend wasm] [--threads 1] [--only mlp,conv] [--measures step] [--seconds 3]
 *         [--clock processor] [--contenders "jit,pytorch 2 threads"]
 *
 * The clock is wall time, or what processors spend on a contender, all threads together: less exact, but other load does not count.
 * Contenders that are named run alone, are printed and not kept: what the others leave in the process's memory slows nothing down then.
 * Backends are wasm, cpu, tensorflow and webgpu; the threads are tensorflow's, and PyTorch then has as many. With
 * TFJS_NODE_PACKAGE=@tensorflow/tfjs-node-gpu tensorflow computes on a GPU, where it finds one. Results go to bench/results/BACKEND.json
 * (tensorflow-THREADS.json, tensorflow-gpu.json), merged by model; `node bench/check.mjs` compares them with the last accepted ones, and
 * `npx tsx bench/report.ts` writes docs/benchmarks.md.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import { parseArgs } from 'node:util';
import { MEASURES, type Contender, type Measure } from './contenders/contender';
import { jaxJs } from './contenders/jaxJs';
import { tfLayers } from './contenders/layers';
import { native } from './contenders/native';
import { ours } from './contenders/ours';
import { pytorch } from './contenders/pytorch';
import { workloadsOf } from './models';
import type { Workload } from './models/workload';
import { processorClock, wallClock } from './support/alternate';
import { alternateAsync } from './support/alternateAsync';
import { start, tensorflowPackage, usesGpu } from './support/backends';
import { record, type Row } from './support/results';

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    threads: { type: 'string', default: '1' },
    only: { type: 'string' },
    measures: { type: 'string', default: MEASURES.join() },
    seconds: { type: 'string', default: '3' },
    clock: { type: 'string', default: 'wall' },
    contenders: { type: 'string' },
  },
});
const { backend } = values;
const threads = Number(values.threads);
const clock = values.clock === 'processor' ? processorClock : wallClock;
try {
  await start(backend, threads);
} catch (error) {
  console.log(`${(error as Error).message}: ${backend} is left out.`);
  process.exit(3);
}

const run = backend === 'tensorflow' ? `tensorflow-${usesGpu() ? 'gpu' : threads}` : backend;
if (backend === 'tensorflow')
  console.log(`${tensorflowPackage} computes on ${usesGpu() ? 'the GPU' : `the CPU, threads: ${threads}`}.`);

const all: Contender[] = [
  native,
  tfLayers(clock),
  ours(),
  ours({ jit: true }),
  ours({ tract: true }),
  ours({ jit: true, tract: true }),
];
const closing: (() => void)[] = [];
if (backend === 'wasm' || backend === 'webgpu') {
  const found = await jaxJs(backend);
  if (typeof found === 'string') console.log(`${found}: left out.`);
  else all.push(found);
}
// On one thread and on two, except beside a backend that has as many itself. webgpu's driver here computes on all cores.
for (const count of backend === 'tensorflow' ? [threads] : [1, 2]) {
  const found = await pytorch(count, clock);
  if (typeof found === 'string') {
    console.log(`${found}: left out.`);
    break;
  }
  if (found.missing) console.log(`${found.missing}: left out.`);
  all.push(...found.contenders);
  closing.push(found.close);
}

const chosen = values.contenders?.split(',');
const strange = chosen?.find((name) => all.every((contender) => contender.name !== name));
if (strange) throw new Error(`no contender ${strange}, only ${all.map(({ name }) => name).join(', ')}`);
const contenders = chosen ? all.filter(({ name }) => chosen.includes(name)) : all;

const measures = values.measures.split(',') as Measure[];
const unknown = measures.find((measure) => !MEASURES.includes(measure));
if (unknown) throw new Error(`no measure ${unknown}, only ${MEASURES.join(', ')}`);
for (const workload of workloadsOf(backend, values.only?.split(','))) {
  for (const measure of measures) {
    const row = await measured(workload, measure);
    show(workload.title, measure, row);
    if (!chosen) record(run, workload.name, measure, row);
  }
}
for (const close of closing) close();
// The driver of webgpu keeps a process alive.
process.exit(0);

async function measured(workload: Workload, measure: Measure): Promise<Row> {
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
  const times = await alternateAsync(bodies, Number(values.seconds), clock);
  for (const { dispose } of prepared) dispose();
  return { title: workload.title, clock: values.clock, times, failures };
}

function show(title: string, measure: Measure, { times, failures }: Row): void {
  console.log(`${run}, ${title}: ${measure}`);
  const base = times.tf ? 'tf' : times.eager ? 'eager' : Object.keys(times)[0]!;
  for (const [name, { best, median, low, high }] of Object.entries(times)) {
    const ratio = `${(times[base]!.best / best).toFixed(2)} times as fast as ${base}`;
    console.log(
      `  ${name.padEnd(22)} ${best.toFixed(3)} ms at best, ${median.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})  ${ratio}`,
    );
  }
  for (const [name, why] of Object.entries(failures)) console.log(`  ${name.padEnd(22)} impossible: ${why}`);
}
