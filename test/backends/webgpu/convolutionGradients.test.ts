import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grad, jit } from '../../../src';
import { intercepted } from '../../../src/core/dispatch';
import { convOfTransposed } from '../../../src/rules/convolution/filterGradient';
import { convAxes, type Axis } from '../../../src/rules/convolution/geometry';
import { inputGradientOfConvs } from '../../../src/rules/convolution/inputGradient';
import { filterGradient, inputGradient } from '../../../src/rules/convolution/primitives';
import { dispatchesOf } from '../../support/dispatches';
import { pretend } from './pretend';

const normal = (shape: readonly number[], seed: number): tf.Tensor =>
  tf.randomNormal([...shape], 0, 1, 'float32', seed);

function expectClose(found: tf.Tensor, expected: tf.Tensor): void {
  expect(found.shape).toEqual(expected.shape);
  const [a, b] = [found.dataSync(), expected.dataSync()];
  const scale = Math.max(...b.map(Math.abs), 1);
  for (let i = 0; i < a.length; i++)
    if (!(Math.abs(a[i]! - b[i]!) <= 1e-5 * scale)) expect.fail(`element ${i}: ${a[i]} is not ${b[i]}`);
}

const cases = [
  [[2, 9, 7, 3], [3, 3, 3, 5], { strides: 1, pad: 'same' }],
  [[2, 8, 8, 4], [3, 3, 4, 6], { strides: 2, pad: 'same' }],
  [[1, 9, 11, 3], [3, 2, 3, 4], { strides: [2, 3], pad: 'same' }],
  [[3, 11, 10, 1], [5, 3, 1, 2], { strides: [3, 2], pad: 'valid' }],
  [[1, 7, 9, 2], [1, 1, 2, 3], { strides: 2, pad: 'valid' }],
  [[2, 10, 9, 3], [2, 1, 3, 1], { strides: 3, pad: 'same' }],
  [[1, 10, 8, 4], [3, 3, 4, 2], { strides: 1, pad: 'valid', dilations: [2, 1] }],
  [[2, 9, 8, 2], [4, 3, 2, 3], { strides: 2, pad: 3 }],
  [
    [1, 8, 9, 2],
    [3, 4, 2, 3],
    {
      strides: [1, 2],
      pad: [
        [0, 0],
        [2, 0],
        [1, 3],
        [0, 0],
      ],
    },
  ],
  [[8, 16, 16, 2], [3, 3, 2, 4], { strides: 2, pad: 'same' }],
] as const;

const devices = { 'a processor': () => () => {}, 'a card': () => pretend('other') };

describe.each(Object.keys(devices) as (keyof typeof devices)[])(
  'gradients of convolutions, for %s',
  (device) => {
    let end: () => void;
    beforeAll(() => void (end = devices[device]()));
    afterAll(() => end());

    it.each(cases)('of %j with %j and %j are one dispatch, eager and jitted', (shape, filterShape, attrs) =>
      tf.tidy(() => {
        // Of another size for each device, since a call is prepared once.
        const [n, ...image] = shape;
        const inputShape = [device === 'a card' ? n + 1 : n, ...image];
        const axes = convAxes(inputShape, filterShape, attrs) as [Axis, Axis];
        const [x, w] = [normal(inputShape, 1), normal(filterShape, 2)];
        const dy = normal([inputShape[0]!, ...axes.map(({ out }) => out), filterShape[3]], 3);
        const gradients = (x: tf.Tensor, w: tf.Tensor, dy: tf.Tensor): tf.Tensor[] => [
          inputGradient(dy, w, inputShape, attrs),
          filterGradient(x, dy, filterShape, attrs),
        ];
        const expected = intercepted(() => [
          inputGradientOfConvs(dy, w, inputShape, axes),
          convOfTransposed(x, dy, axes),
        ]);
        const jitted = jit(gradients);
        for (const f of [
          (...given: [tf.Tensor, tf.Tensor, tf.Tensor]) => intercepted(() => gradients(...given)),
          jitted,
        ]) {
          let found: tf.Tensor[] = [];
          f(x, w, dy);
          const {
            contraction,
            Pad = 0,
            ...others
          } = Object.fromEntries(dispatchesOf(() => void (found = f(x, w, dy))));
          expect([contraction, Pad <= 2, others]).toEqual([2, true, {}]);
          found.forEach((t, i) => expectClose(t, expected[i]!));
        }
        jitted.dispose();
      }),
    );
  },
);

it('what is done to a strided input gradient under jit is done by its shader', () =>
  tf.tidy(() => {
    const [x, w] = [normal([2, 8, 7, 3], 1), normal([3, 3, 3, 4], 2)];
    const loss = (x: tf.Tensor): tf.Tensor =>
      tf.sum(tf.sin(tf.conv2d(tf.tanh(x) as tf.Tensor4D, w as tf.Tensor4D, 2, 'same')));
    const jitted = jit(grad(loss));
    jitted(x);
    let found!: tf.Tensor;
    const dispatches = dispatchesOf(() => void (found = jitted(x)));
    // The cosine is one with the convolution, what comes of tanh with the gradient.
    expect(Object.fromEntries(dispatches)).toEqual({ UnaryOp: 1, Pad: 2, contraction: 2 });
    expectClose(found, grad(loss)(x));
    jitted.dispose();
  }));
