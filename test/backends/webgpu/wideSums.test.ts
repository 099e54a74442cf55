import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { intercepted } from '../../../src/core/dispatch';
import { product, type Wide } from '../../../src/linalg/wide';
import { dispatchesOf } from '../../support/dispatches';

const normal = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed);

it.each([
  [40, {}],
  [640, { pair: 1 }],
])('both halves of a sum over %d rows come from one shader: %j beside the products', (rows, sums) =>
  tf.tidy(() => {
    const [x, y] = [normal([rows, 5], 1), normal([rows, 3], 2)];
    let found!: Wide;
    const dispatches = dispatchesOf(() => void (found = intercepted(() => product(x, y))));
    expect(Object.fromEntries(dispatches)).toEqual({ exponents: 1, sliced: 1, ...sums });
    const [high, low, a, b] = [found.high, found.low, x, y].map((t) => t.dataSync());
    for (let i = 0; i < 15; i++) {
      let exact = 0;
      for (let k = 0; k < rows; k++) exact += a![k * 5 + Math.floor(i / 3)]! * b![k * 3 + (i % 3)]!;
      expect(Math.abs(high![i]! + low![i]! - exact)).toBeLessThan(1e-11 * rows);
    }
  }),
);
