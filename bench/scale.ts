/**
 * Cost against size: time of loss and gradient, with and without tract, over batch, image size, patch size and depth.
 *
 *     node bench/run.mjs bench/scale.ts [--backend wasm] [--seconds 1]
 *
 * For each curve the slope of log time over log operations: 1 is linear, less where small sizes pay for dispatch.
 */
import * as tf from '@tensorflow/tfjs-core';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { tract, valueAndGrad } from '../src';
import { conv2d, dense, flatten, relu, sequential, vit } from '../src/nn';
import { batchOf, ofLayer, type Workload } from './models/workload';
import { alternate } from './support/alternate';
import { start } from './support/backends';

const { values } = parseArgs({
  options: { backend: { type: 'string', default: 'wasm' }, seconds: { type: 'string', default: '1' } },
});
await start(values.backend);

const convNet = (batch: number, size: number, depth = 1): Workload => ({
  name: 'conv',
  title: 'conv',
  batch,
  example: [size, size, 3],
  classes: 10,
  init: () =>
    ofLayer(
      sequential(
        ...Array.from({ length: depth }, () => [conv2d(16, 3), relu()]).flat(),
        flatten(),
        dense(10),
      ),
      [size, size, 3],
    ),
});
const transformer = (patch: number, layers: number): Workload => ({
  name: 'vit',
  title: 'vit',
  batch: 4,
  example: [32, 32, 3],
  classes: 10,
  init: () => ofLayer(vit({ patch, layers, heads: 4, features: 64 }), [32, 32, 3]),
});

/** Workloads with what they cost, up to a factor. */
const curves: Record<string, [operations: number, Workload][]> = {
  'batch, conv net': [8, 16, 32, 64, 128].map((b) => [b, convNet(b, 16)]),
  'side of the image squared, conv net': [8, 16, 32, 64].map((n) => [n * n, convNet(8, n)]),
  'patches, transformer': [2, 4, 8].map((p) => [(32 / p) ** 2, transformer(p, 1)]),
  'depth, conv net': [1, 2, 4, 8].map((d) => [d, convNet(8, 16, d)]),
  'depth, transformer': [1, 2, 4, 8].map((d) => [d, transformer(4, d)]),
};

const found: Record<string, { operations: number; plain: number; tract: number }[]> = {};
for (const [title, points] of Object.entries(curves)) {
  found[title] = points.map(([operations, workload]) => {
    const { params, loss } = workload.init();
    const { x, y } = batchOf(workload);
    const run = (f: typeof loss) => () => tf.tidy(() => void valueAndGrad(f)(params, x, y)[0].dataSync());
    const times = alternate(
      { plain: run(loss), tract: run(tract(loss as never, 0.1) as never) },
      Number(values.seconds),
    );
    tf.dispose([params, x, y] as never);
    return { operations, plain: times.plain!.best, tract: times.tract!.best };
  });
  const slopes = (['plain', 'tract'] as const).map((kind) => slope(found[title]!, kind).toFixed(2));
  const text = found[title].map((p) => `${p.operations}: ${p.plain.toFixed(2)} / ${p.tract.toFixed(2)} ms`);
  console.log(`${title}: ${text.join(', ')}; slopes ${slopes.join(' / ')}`);
}
mkdirSync('bench/results', { recursive: true });
writeFileSync(`bench/results/scale-${values.backend}.json`, `${JSON.stringify(found, undefined, 2)}\n`);

/** Least squares in logarithms. */
function slope(
  points: { operations: number; plain: number; tract: number }[],
  kind: 'plain' | 'tract',
): number {
  const xs = points.map(({ operations }) => Math.log(operations));
  const ys = points.map((point) => Math.log(point[kind]));
  const mean = (list: number[]): number => list.reduce((a, b) => a + b) / list.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((sum, x, i) => sum + (x - mx) * (ys[i]! - my), 0);
  return covariance / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
}
