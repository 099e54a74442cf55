/**
 * Cost against size: time and peak memory of loss and gradient, with and without tract, over batch, image size, patch size and depth.
 *
 *     node bench/run.mjs bench/scale.ts [--backend wasm] [--only depth] [--seconds 4] [--jit]
 *
 * All sizes of a curve run in turn, and what counts is the time that processors spend on them, so that other load on the machine does not.
 * For each curve the slope of log time over log operations (of matrix products and convolutions, counted), and that of log peak over the log
 * of how many numbers linear layers give, over all sizes and over the larger half: 1 is linear, less where small sizes pay for what does
 * not grow: dispatch, and in memory a head's gradient and the few tensors that a backward pass works on.
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
  /** Numbers that the linear layers give for one example, which is what a backward pass has to keep. */
  readonly kept: number;
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
    kept: depth * side * side * CHANNELS + 10,
  };
}

function transformer(batch: number, size: number, patch: number, layers: number): Sized {
  const [n, hidden, heads] = [64, 64, 4];
  const tokens = (size / patch) ** 2 + 1;
  const model = vit({ size, patch, layers, heads, features: n, hidden, classes: 10 });
  return {
    workload: workload({ name: 'vit', title: 'vit', batch, example: [size, size, 3], classes: 10 }, model),
    first: 2 * (tokens - 1) * patch * patch * 3 * n,
    rest: layers * 2 * tokens * (4 * n * n + 2 * tokens * n + 2 * n * hidden) + 2 * n * 10,
    kept: tokens * (n + layers * (6 * n + hidden + heads * tokens)),
  };
}

const curves: Record<string, Sized[]> = {
  'batch of a conv net': [64, 128, 256, 512, 1024].map((b) => convNet(b, 16)),
  'side of the image, conv net': [16, 32, 64, 128, 192].map((n) => convNet(8, n)),
  'patch, transformer': [16, 12, 8, 6, 4, 3].map((p) => transformer(16, 48, p, 1)),
  'depth, conv net': [8, 16, 32, 64, 128].map((d) => convNet(16, 8, d)),
  'depth, transformer': [1, 2, 4, 8, 16].map((d) => transformer(4, 32, 4, d)),
};

type Measure = 'plain' | 'tract' | 'plainMiB' | 'tractMiB';
type Point = Record<'operations' | 'kept' | Measure, number>;

const found: Record<string, Record<'slopes' | 'upper', Record<Measure, number>> & { points: Point[] }> = {};
for (const [title, sizes] of Object.entries(curves)) {
  if (values.only && !title.includes(values.only)) continue;
  const bodies: Record<string, () => void> = {};
  const points = sizes.map(({ workload, first, rest, kept }, i): Point => {
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
      kept: workload.batch * kept,
      plain: 0,
      tract: 0,
      plainMiB: peakOf(plain),
      tractMiB: peakOf(corrected),
    };
  });
  const times = alternate(bodies, Number(values.seconds), processorClock);
  for (const [i, point] of points.entries())
    Object.assign(point, { plain: times[`plain ${i}`]!.best, tract: times[`tract ${i}`]!.best });
  const slopes = slopesOf(points);
  const upper = slopesOf(points.slice(-Math.ceil(points.length / 2)));
  found[title] = { points, slopes, upper };
  const text = points.map(
    (p) =>
      `${(p.operations / 1e6).toFixed(1)}: ${p.plain.toFixed(2)} / ${p.tract.toFixed(2)} ms, ${p.plainMiB.toFixed(2)} / ${p.tractMiB.toFixed(2)} MiB`,
  );
  const pairs = ({ plain, tract, plainMiB, tractMiB }: Record<Measure, number>): string =>
    `${plain.toFixed(2)} / ${tract.toFixed(2)}, of memory ${plainMiB.toFixed(2)} / ${tractMiB.toFixed(2)}`;
  console.log(
    `${title}, without / with tract: MFLOP ${text.join('; ')}: slopes ${pairs(slopes)}; of the upper half ${pairs(upper)}`,
  );
}
merge(`bench/results/scale-${values.backend}${values.jit ? '-jit' : ''}.json`, found);
process.exit(0);

function slopesOf(points: readonly Point[]): Record<Measure, number> {
  const of = (measure: Measure): number =>
    slope(points, measure.endsWith('MiB') ? 'kept' : 'operations', measure);
  return { plain: of('plain'), tract: of('tract'), plainMiB: of('plainMiB'), tractMiB: of('tractMiB') };
}

/** Least squares in logarithms. */
function slope(points: readonly Point[], size: keyof Point, measure: Measure): number {
  const xs = points.map((point) => Math.log(point[size]));
  const ys = points.map((point) => Math.log(point[measure]));
  const mean = (list: number[]): number => list.reduce((a, b) => a + b) / list.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((sum, x, i) => sum + (x - mx) * (ys[i]! - my), 0);
  return covariance / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
}
