/**
 * Cost against size: time and peak memory of loss and gradient, with and without tract, over batch, image size, patch size and depth.
 *
 *     node bench/run.mjs bench/scale.ts [--backend wasm] [--only depth] [--seconds 4] [--jit]
 *
 * All sizes of a curve run in turn, and what counts is the time that processors spend on them, so that other load on the machine does not.
 * For each curve the slope of log time over log operations (of matrix products and convolutions, counted): 1 is linear, less where small
 * sizes pay for dispatch.
 */
import * as tf from '@tensorflow/tfjs-core';
import { parseArgs } from 'node:util';
import { jit, tract, valueAndGrad } from '../src';
import { affine, conv, dense, flatten, type Affine } from './models/plain';
import { vit } from './models/vit';
import { batchOf, workload, type Workload } from './models/workload';
import { alternate, processorClock } from './support/alternate';
import { start } from './support/backends';
import { peakOf } from './support/peak';
import { merge } from './support/results';

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    only: { type: 'string' },
    seconds: { type: 'string', default: '4' },
    jit: { type: 'boolean', default: false },
  },
});
await start(values.backend);

interface Sized {
  readonly workload: Workload;
  /** Multiplications and additions of the linear layers for one example's loss, the first layer's apart. */
  readonly first: number;
  readonly rest: number;
}

const CHANNELS = 16;

/** 3 x 3 convolutions and a dense layer. */
function convNet(batch: number, side: number, depth = 1): Sized {
  const model = {
    init: () => ({
      convs: Array.from({ length: depth }, (_, i) => affine(3, 3, i === 0 ? 3 : CHANNELS, CHANNELS)),
      head: affine(side * side * CHANNELS, 10),
    }),
    logits(params: object, x: tf.Tensor) {
      const { convs, head } = params as { convs: Affine[]; head: Affine };
      const h = convs.reduce((y, p) => tf.relu(tf.add(conv(p.kernel, y), p.bias)), x);
      return dense(head, flatten(h));
    },
  };
  const positions = 2 * side * side;
  return {
    workload: workload({ name: 'conv', title: 'conv', batch, example: [side, side, 3], classes: 10 }, model),
    first: positions * 9 * 3 * CHANNELS,
    rest: positions * CHANNELS * (9 * CHANNELS * (depth - 1) + 10),
  };
}

function transformer(patch: number, layers: number): Sized {
  const [n, hidden, size] = [64, 64, 32];
  const tokens = (size / patch) ** 2 + 1;
  const model = vit({ size, patch, layers, heads: 4, features: n, hidden, classes: 10 });
  return {
    workload: workload({ name: 'vit', title: 'vit', batch: 4, example: [size, size, 3], classes: 10 }, model),
    first: 2 * (tokens - 1) * patch * patch * 3 * n,
    rest: layers * 2 * tokens * (4 * n * n + 2 * tokens * n + 2 * n * hidden) + 2 * n * 10,
  };
}

const curves: Record<string, Sized[]> = {
  'batch of a conv net': [8, 16, 32, 64, 128].map((b) => convNet(b, 16)),
  'side of the image, conv net': [8, 16, 32, 64].map((n) => convNet(8, n)),
  'patch, transformer': [8, 4, 2].map((p) => transformer(p, 1)),
  'depth, conv net': [1, 2, 4, 8].map((d) => convNet(8, 16, d)),
  'depth, transformer': [1, 2, 4, 8].map((d) => transformer(4, d)),
};

interface Point {
  operations: number;
  plain: number;
  tract: number;
  plainMiB: number;
  tractMiB: number;
}

const found: Record<string, { points: Point[]; slopes: Record<string, number> }> = {};
for (const [title, sizes] of Object.entries(curves)) {
  if (values.only && !title.includes(values.only)) continue;
  const bodies: Record<string, () => void> = {};
  const points = sizes.map(({ workload, first, rest }, i): Point => {
    const { params, loss } = workload.init();
    const { x, y } = batchOf(workload);
    const body = (f: typeof loss): (() => void) => {
      const run = values.jit ? jit(valueAndGrad(f)) : valueAndGrad(f);
      return () => tf.tidy(() => void run(params, x, y)[0].dataSync());
    };
    const [plain, corrected] = [body(loss), body(tract(loss as never, 0.1))];
    plain();
    corrected();
    Object.assign(bodies, { [`plain ${i}`]: plain, [`tract ${i}`]: corrected });
    return {
      // The forward pass, and of each layer the gradient of its weight and of its input, which the first does not need.
      operations: workload.batch * (2 * first + 3 * rest),
      plain: 0,
      tract: 0,
      plainMiB: peakOf(plain),
      tractMiB: peakOf(corrected),
    };
  });
  const times = alternate(bodies, Number(values.seconds), processorClock);
  for (const [i, point] of points.entries())
    Object.assign(point, { plain: times[`plain ${i}`]!.best, tract: times[`tract ${i}`]!.best });
  const measures = ['plain', 'tract', 'plainMiB', 'tractMiB'] as const;
  const slopes = Object.fromEntries(measures.map((measure) => [measure, slope(points, measure)]));
  found[title] = { points, slopes };
  const text = points.map(
    (p) => `${(p.operations / 1e6).toFixed(1)}: ${p.plain.toFixed(2)} / ${p.tract.toFixed(2)} ms`,
  );
  const [time, memory] = [measures.slice(0, 2), measures.slice(2)].map((pair) =>
    pair.map((measure) => slopes[measure]!.toFixed(2)).join(' / '),
  );
  console.log(
    `${title}: MFLOP and ms without / with tract: ${text.join(', ')}; slopes ${time}, of memory ${memory}`,
  );
}
merge(`bench/results/scale-${values.backend}${values.jit ? '-jit' : ''}.json`, found);
process.exit(0);

/** Least squares in logarithms. */
function slope(points: readonly Point[], measure: keyof Point): number {
  const xs = points.map(({ operations }) => Math.log(operations));
  const ys = points.map((point) => Math.log(point[measure]));
  const mean = (list: number[]): number => list.reduce((a, b) => a + b) / list.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((sum, x, i) => sum + (x - mx) * (ys[i]! - my), 0);
  return covariance / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
}
