// The first layer's filters with and without TrAct, as a picture: those at the start, those of the ordinary gradient, those of TrAct.
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { jit, random, tract, tree, valueAndGrad } from '../../src';
import {
  conv2d,
  dense,
  flatten,
  maxPool,
  relu,
  sequential,
  softmaxCrossEntropyWithIntegerLabels,
} from '../../src/nn';
import { adam, applyUpdates } from '../../src/optim';
import { digits } from './digits';
import type { Settings } from './example';

const [COUNT, SIDE, ZOOM] = [16, 7, 6];

export async function filters({
  short,
  say,
  path = 'train-results/filters.png',
}: Settings): Promise<{ file: string; moved: number[] }> {
  const net = sequential({
    conv: conv2d(COUNT, SIDE, { strides: 2 }),
    relu: relu(),
    pool: maxPool(2),
    flatten: flatten(),
    head: dense(10),
  });
  const key = random.key(0);
  const { params: start, state } = net.init(key, [28, 28, 1]);
  key.dispose();
  type Params = typeof start;
  const data = await digits(short ? 640 : 10000, 1);
  const loss = (p: Params, x: tf.Tensor, y: tf.Tensor): tf.Tensor =>
    tf.mean(softmaxCrossEntropyWithIntegerLabels(net.apply(p, state, x)[0], y));

  const trained = (f: typeof loss): tf.Tensor => {
    const optimizer = adam(3e-3);
    const lossAndGradient = valueAndGrad(f);
    const step = jit((p: Params, moments: unknown, x: tf.Tensor, y: tf.Tensor) => {
      const [, g] = lossAndGradient(p, x, y);
      const [updates, next] = optimizer.update(g, moments as never, p);
      return { params: applyUpdates(p, updates), moments: next };
    });
    let params: Params = tree.map((t: tf.Tensor) => tf.clone(t), start) as unknown as Params;
    let moments: unknown = optimizer.init(params);
    for (const { x, y } of data.batches(1, 64)) {
      const next = step(params, moments, x, y);
      tf.dispose([x, y, params, moments] as never);
      params = next.params as unknown as Params;
      moments = next.moments;
    }
    const kernel = tf.clone(params.conv.kernel);
    tf.dispose([params, moments] as never);
    step.dispose();
    return kernel;
  };

  const kernels = [tf.clone(start.conv.kernel), trained(loss), trained(tract(loss, 0.1))];
  const moved = kernels.slice(1).map((k) => tf.tidy(() => tf.norm(tf.sub(k, kernels[0]!)).dataSync()[0]!));
  const rows = kernels.map((k) => tf.tidy(() => Array.from(tf.transpose(k, [3, 0, 1, 2]).dataSync()))); // [count, side, side, 1]
  tf.dispose([kernels, start, state] as never);

  await mkdir(dirname(path), { recursive: true });
  await draw(rows, path);
  say(
    `${path}: ${COUNT} filters at the start, after the ordinary gradient (moved by ${moved[0]!.toFixed(2)}), after TrAct (${moved[1]!.toFixed(2)})`,
  );
  return { file: path, moved };
}

/** A row of pictures for each list of filters; mid-grey is 0, black and white are a filter's largest weight. */
async function draw(rows: readonly number[][], path: string): Promise<void> {
  const [cell, area] = [SIDE + 1, SIDE * SIDE];
  const [width, height] = [COUNT * cell - 1, rows.length * cell - 1];
  const pixels = new Uint8Array(width * height).fill(255);
  rows.forEach((weights, row) => {
    for (let i = 0; i < COUNT; i++) {
      const filter = weights.slice(i * area, (i + 1) * area);
      const largest = Math.max(...filter.map(Math.abs)) || 1;
      filter.forEach((weight, at) => {
        const [y, x] = [row * cell + Math.floor(at / SIDE), i * cell + (at % SIDE)];
        pixels[y * width + x] = Math.round(127.5 * (1 + weight / largest));
      });
    }
  });
  await sharp(pixels, { raw: { width, height, channels: 1 } })
    .resize(width * ZOOM, height * ZOOM, { kernel: 'nearest' })
    .png()
    .toFile(path);
}
