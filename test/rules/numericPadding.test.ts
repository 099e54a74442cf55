import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { jit, vjp, vmap } from '../../src';
import { argument, closeTo } from '../support/cases';
import { share } from '../support/runs';
import { tolerance } from '../support/tolerance';

/*
 * One number as padding is the same as that number for each side, also where rows and columns differ in their windows; and windows of 'same' that
 * leave out the last inputs are those of 'valid' without these.
 */

type Pair = [number, number];
type Pad = number | [Pair, Pair, Pair, Pair];

interface Windows {
  size: Pair;
  strides: Pair;
  dilations: Pair;
}

type Op = (x: tf.Tensor4D, filter: tf.Tensor4D, pad: Pad, windows: Windows) => tf.Tensor;

const ones: Pair = [1, 1];

const windows: [name: string, pad: number, Windows][] = [
  ['of 3 by 2', 1, { size: [3, 2], strides: ones, dilations: ones }],
  ['of 1 by 3', 2, { size: [1, 3], strides: ones, dilations: ones }],
  ['of 2 by 3, no padding', 0, { size: [2, 3], strides: ones, dilations: ones }],
  ['at strides 1 and 2', 1, { size: [3, 3], strides: [1, 2], dilations: ones }],
  ['of 2 by 3 at strides 3 and 1', 1, { size: [2, 3], strides: [3, 1], dilations: ones }],
  ['dilated by 1 and 2', 1, { size: [3, 3], strides: ones, dilations: [1, 2] }],
];

const convolutions: [name: string, channels: number, Op][] = [
  [
    'conv2d',
    3,
    (x, filter, pad, { strides, dilations }) => tf.conv2d(x, filter, strides, pad, 'NHWC', dilations),
  ],
  [
    'fused.conv2d',
    3,
    (x, filter, pad, { strides, dilations }) =>
      tf.fused.conv2d({ x, filter, strides, pad, dilations, activation: 'elu' }),
  ],
  // Typed without padding by side, which their kernels know.
  [
    'depthwiseConv2d',
    1,
    (x, filter, pad, { strides, dilations }) =>
      tf.depthwiseConv2d(x, filter, strides, pad as number, 'NHWC', dilations),
  ],
  [
    'fused.depthwiseConv2d',
    1,
    (x, filter, pad, { strides, dilations }) =>
      tf.fused.depthwiseConv2d({ x, filter, strides, pad: pad as number, dilations }),
  ],
];

const poolings: [name: string, Op][] = [
  ['maxPool', (x, _, pad, { size, strides }) => tf.maxPool(x, size, strides, pad)],
  ['avgPool', (x, _, pad, { size, strides }) => tf.avgPool(x, size, strides, pad)],
];

const drawn = (shape: number[], seed: number): tf.Tensor4D =>
  argument({ shape, distinct: true, range: [-1, 1] }, seed) as tf.Tensor4D;

const bySide = (pad: number): Pad => [
  [0, 0],
  [pad, pad],
  [pad, pad],
  [0, 0],
];

type Call = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor;

/** Values and cotangents, one by one, under vmap and under jit. */
function expectSame(first: Call, second: Call, x: number[], filter: number[]): void {
  tf.tidy(() => {
    const both = [first, second].map((call) => {
      const [y, pullback] = vjp(call, drawn(x, 1), drawn(filter, 2));
      const cotangents = pullback(drawn(y.shape, 3));
      pullback.dispose();
      const mapped = vmap(call)(drawn([2, ...x], 4), drawn([2, ...filter], 5));
      const jitted = jit(call);
      const replayed = jitted(drawn(x, 1), drawn(filter, 2));
      jitted.dispose();
      return [y, ...cotangents, mapped, replayed];
    });
    both[0]!.forEach((found, i) => closeTo(found, both[1]![i]!, tolerance().reordered));
  });
}

/** For one number and for one a side. */
const expectSameBySide = (
  f: (x: tf.Tensor4D, filter: tf.Tensor4D, pad: Pad) => tf.Tensor,
  pad: number,
  x: number[],
  filter: number[],
): void =>
  expectSame(
    (a, b) => f(a, b, pad),
    (a, b) => f(a, b, bySide(pad)),
    x,
    filter,
  );

describe.each(windows.map((row, i) => [...row, i] as const))('windows %s', (_, pad, w, i) => {
  const image = [2, 6, 7, 2];
  it.each(share(convolutions, i))('%s', (_, outputs, op) =>
    expectSameBySide((x, filter, p) => op(x, filter, p, w), pad, image, [...w.size, 2, outputs]),
  );

  if (w.dilations !== ones) return;

  it('conv2dTranspose', () => {
    const out = w.size.map((size, i) => Math.floor((image[i + 1]! + 2 * pad - size) / w.strides[i]!) + 1);
    expectSameBySide(
      (dy, filter, p) => tf.conv2dTranspose(dy, filter, image as [2, 6, 7, 2], w.strides, p),
      pad,
      [2, ...out, 3],
      [...w.size, 2, 3],
    );
  });

  // Every window of a pooling sees a part of the image.
  if (w.size.some((size) => size <= pad)) return;

  it.each(share(poolings, i))('%s', (_, op) =>
    expectSameBySide((x, filter, p) => tf.add(op(x, filter, p, w), tf.sum(filter)), pad, image, [1]),
  );
});

type Apart = (x: tf.Tensor4D, filter: tf.Tensor4D, pad: 'same' | 'valid') => tf.Tensor;

/** Windows of 2 by 3, which on 11 by 12 see 10 by 11. */
const size: Pair = [2, 3];
const stride = 4;

const inImages: [name: string, channels: number, Apart][] = [
  ['conv2d', 3, (x, filter, pad) => tf.conv2d(x, filter, stride, pad)],
  [
    'fused.conv2d',
    3,
    (x, filter, pad) => tf.fused.conv2d({ x, filter, strides: stride, pad, activation: 'elu' }),
  ],
  ['depthwiseConv2d', 1, (x, filter, pad) => tf.depthwiseConv2d(x, filter, stride, pad)],
  ['maxPool', 1, (x, filter, pad) => tf.add(tf.maxPool(x, size, stride, pad), tf.sum(filter))],
  ['avgPool', 1, (x, filter, pad) => tf.add(tf.avgPool(x, size, stride, pad), tf.sum(filter))],
];

const volumes = (f: (x: tf.Tensor5D, filter: tf.Tensor5D, pad: 'same' | 'valid') => tf.Tensor): Apart =>
  f as unknown as Apart;
const steps: [number, number, number] = [1, stride, stride];

const inVolumes: [name: string, channels: number, Apart][] = [
  ['conv3d', 3, volumes((x, filter, pad) => tf.conv3d(x, filter, steps, pad))],
  [
    'maxPool3d',
    1,
    volumes((x, filter, pad) => tf.add(tf.maxPool3d(x, [1, ...size], steps, pad), tf.sum(filter))),
  ],
  [
    'avgPool3d',
    1,
    volumes((x, filter, pad) => tf.add(tf.avgPool3d(x, [1, ...size], steps, pad), tf.sum(filter))),
  ],
];

describe("windows of 'same' that leave out the last inputs", () => {
  const check = (op: Apart, lead: number[], m: number): void =>
    expectSame(
      (x, filter) => op(x, filter, 'same'),
      (x, filter) => op(tf.slice(x, [0], [...lead, 10, 11, 2]), filter, 'valid'),
      [...lead, 11, 12, 2],
      [...lead.slice(1).map(() => 1), ...size, 2, m],
    );

  it.each(inImages)('%s', (_, m, op) => check(op, [2], m));
  it.each(inVolumes)('%s', (_, m, op) => check(op, [2, 3], m));
});
