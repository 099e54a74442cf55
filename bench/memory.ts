/**
 * Memory: the peak during loss and gradient against tfjs's own tape, dispatches of a step, and a long run.
 *
 *     node bench/run.mjs bench/memory.ts [--backend wasm] [--only mlp,vit] [--steps 10000]
 *
 * The peak is of tf.memory().numBytes, as tf.profile sees it behind every kernel. The long run trains the small MLP, jitted, and compares memory
 * and time per step of its first and its last tenth.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import * as tf from '@tensorflow/tfjs-core';
import { writeFileSync, mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { tract, tree, valueAndGrad } from '../src';
import { ours } from './contenders/ours';
import { workloads } from './models';
import { batchOf } from './models/workload';
import { start } from './support/backends';

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    only: { type: 'string' },
    steps: { type: 'string', default: '10000' },
  },
});
await start(values.backend);
const MIB = 2 ** 20;

async function peak(run: () => void): Promise<{ mib: number; kernels: number }> {
  const before = tf.memory().numBytes;
  const { peakBytes, kernels } = await tf.profile(() => tf.tidy(run));
  return { mib: (peakBytes - before) / MIB, kernels: kernels.length };
}

const peaks: Record<string, Record<string, { mib: number; kernels: number } | string>> = {};
for (const workload of workloads) {
  if (values.only && !values.only.split(',').includes(workload.name)) continue;
  const { params, loss } = workload.init();
  const { x, y } = batchOf(workload);
  const variables = tree.map((t: tf.Tensor) => tf.variable(t), params as never) as never;
  const list = tree.leaves(variables) as unknown as tf.Variable[];
  const row: (typeof peaks)[string] = {};
  for (const [name, run] of Object.entries({
    tf: () => tf.variableGrads(() => loss(variables as never, x, y) as tf.Scalar, list),
    eager: () => valueAndGrad(loss)(params, x, y),
    'eager tract': () => valueAndGrad(tract(loss, 0.1))(params, x, y),
  })) {
    try {
      row[name] = await peak(() => void run());
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
  tf.dispose([params, x, y] as never);
  for (const variable of list) variable.dispose();
}

const steps = Number(values.steps);
const long: Record<string, unknown> = { steps };
if (steps > 0) {
  const { body, dispose } = ours({ jit: true, tract: true }).prepare(workloads[1]!, 'step')!;
  const tenth = Math.floor(steps / 10);
  const times: number[] = [];
  const memory: number[] = [];
  for (let i = 0; i < steps; i++) {
    const begin = performance.now();
    await body();
    times.push(performance.now() - begin);
    if (i % tenth === tenth - 1) memory.push(tf.memory().numBytes, tf.memory().numTensors);
  }
  const median = (list: number[]): number => list.slice().sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
  const [first, last] = [median(times.slice(tenth, 2 * tenth)), median(times.slice(-tenth))];
  Object.assign(long, {
    first,
    last,
    bytes: [memory[0], memory.at(-2)],
    tensors: [memory[1], memory.at(-1)],
  });
  console.log(
    `${steps} jitted steps with tract: ${first.toFixed(3)} ms a step early, ${last.toFixed(3)} late; ` +
      `bytes ${memory[0]} and ${memory.at(-2)}, tensors ${memory[1]} and ${memory.at(-1)}`,
  );
  dispose();
}
mkdirSync('bench/results', { recursive: true });
writeFileSync(
  `bench/results/memory-${values.backend}.json`,
  `${JSON.stringify({ peaks, long }, undefined, 2)}\n`,
);
