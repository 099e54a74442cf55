/**
 * Memory: the peak during loss and gradient against tfjs's own tape, kernels of a step, and a long run.
 *
 *     node bench/run.mjs bench/memory.ts [--backend wasm] [--only mlp,vit] [--steps 10000]
 *
 * The long run trains the small MLP with TrAct, eagerly and jitted, and compares memory and time per step of an early and the last tenth. All
 * of it is in bench/results/memory-BACKEND.json.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import * as tf from '@tensorflow/tfjs-core';
import { parseArgs } from 'node:util';
import { jit, tract, tree, valueAndGrad } from '../src';
import { ours } from './contenders/ours';
import { workloads, workloadsOf } from './models';
import { batchOf } from './models/workload';
import { start } from './support/backends';
import { peakOf } from './support/peak';
import { merge } from './support/results';

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    only: { type: 'string' },
    steps: { type: 'string', default: '10000' },
  },
});
await start(values.backend);

/** Peak in MiB, and kernels that are called by name: those that a jitted function replays are not. */
async function measured(run: () => void): Promise<{ mib: number; kernels: number }> {
  const { kernels } = await tf.profile(() => tf.tidy(run));
  return { mib: peakOf(run), kernels: kernels.length };
}

const peaks: Record<string, Record<string, { mib: number; kernels: number } | string>> = {};
for (const workload of workloadsOf(values.backend, values.only?.split(','))) {
  const { params, loss } = workload.init();
  const { x, y } = batchOf(workload);
  const variables = tree.map((t: tf.Tensor) => tf.variable(t), params as never) as never;
  const list = tree.leaves(variables) as unknown as tf.Variable[];
  const row: (typeof peaks)[string] = {};
  const corrected = tract(loss, 0.1);
  const [jitted, jittedTract] = [jit(valueAndGrad(loss)), jit(valueAndGrad(corrected))];
  for (const [name, run] of Object.entries({
    tf: () => tf.variableGrads(() => loss(variables as never, x, y) as tf.Scalar, list),
    eager: () => valueAndGrad(loss)(params, x, y),
    jit: () => jitted(params, x, y),
    'eager tract': () => valueAndGrad(corrected)(params, x, y),
    'jit tract': () => jittedTract(params, x, y),
  })) {
    try {
      // What is made once and kept, like a program's constants, is not a step's.
      tf.tidy(() => void run());
      row[name] = await measured(() => void run());
    } catch (error) {
      row[name] = `impossible: ${(error as Error).message.split('\n')[0]}`;
    }
  }
  peaks[workload.name] = row;
  const text = Object.entries(row).map(([name, found]) =>
    typeof found === 'string'
      ? `${name} ${found}`
      : `${name} ${found.mib.toFixed(2)} MiB, ${found.kernels} kernels`,
  );
  console.log(`${workload.name}: ${text.join('; ')}`);
  jitted.dispose();
  jittedTract.dispose();
  tf.dispose([params, x, y] as never);
  for (const variable of list) variable.dispose();
}

const steps = Number(values.steps);
const long: Record<string, unknown> = { steps };
for (const isJitted of steps > 0 ? [false, true] : []) {
  const { body, dispose } = ours({ jit: isJitted, tract: true }).prepare(workloads[1]!, 'step')!;
  const tenth = Math.floor(steps / 10);
  const times: number[] = [];
  const memory: { bytes: number; tensors: number; heap: number }[] = [];
  for (let i = 0; i < steps; i++) {
    const begin = performance.now();
    await body();
    times.push(performance.now() - begin);
    if (i % tenth !== tenth - 1) continue;
    (globalThis as { gc?(): void }).gc?.();
    const { numBytes: bytes, numTensors: tensors } = tf.memory();
    memory.push({ bytes, tensors, heap: process.memoryUsage().heapUsed });
  }
  const kind = isJitted ? 'jit' : 'eager';
  const least = (list: number[]): number => Math.min(...list);
  const [early, late] = [times.slice(tenth, 2 * tenth), times.slice(-tenth)];
  const [first, last] = [memory[1]!, memory.at(-1)!];
  long[kind] = {
    early: { best: least(early), median: median(early), ...first },
    late: { best: least(late), median: median(late), ...last },
  };
  console.log(
    `${steps} steps, ${kind} with tract: ${median(early).toFixed(3)} ms a step early (${least(early).toFixed(3)} at best), ` +
      `${median(late).toFixed(3)} (${least(late).toFixed(3)}) late; bytes ${first.bytes} and ${last.bytes}, tensors ${first.tensors} and ` +
      `${last.tensors}, JavaScript heap ${(first.heap / 2 ** 20).toFixed(1)} and ${(last.heap / 2 ** 20).toFixed(1)} MiB`,
  );
  dispose();
}
merge(`bench/results/memory-${values.backend}.json`, { peaks, ...(steps > 0 && { long }) });
// The driver of webgpu keeps a process alive.
process.exit(0);

function median(list: number[]): number {
  return list.slice().sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
}
