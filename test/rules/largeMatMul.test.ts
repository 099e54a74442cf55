import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, jit } from '../../src';
import { runKernel } from '../../src/core/kernel';
import { checkGrads } from '../../src/testing';

/** op(a) op(b) of stacks [s, ...], in float64. */
function reference(a: tf.Tensor, b: tf.Tensor, ta: boolean, tb: boolean): number[] {
  const [s, n, k] = ta ? [a.shape[0]!, a.shape[2]!, a.shape[1]!] : (a.shape as [number, number, number]);
  const m = tb ? b.shape[1]! : b.shape[2]!;
  const [x, y] = [a.dataSync(), b.dataSync()];
  const z: number[] = [];
  for (let p = 0; p < s; p++)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < m; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++)
          sum += x[p * n * k + (ta ? l * n + i : i * k + l)]! * y[p * k * m + (tb ? j * k + l : l * m + j)]!;
        z.push(sum);
      }
  return z;
}

const expectClose = (found: tf.Tensor, wanted: number[]): void => {
  const values = found.dataSync();
  expect(values.length).toBe(wanted.length);
  wanted.forEach((value, i) => expect(Math.abs(values[i]! - value)).toBeLessThan(1e-4));
};

// Large enough for the products that replace wasm's slow ones.
describe.each([
  [false, false],
  [false, true],
  [true, false],
  [true, true],
])('large products, transposed: %s, %s', (ta, tb) => {
  it.each([1, 3])('a stack of %s: values and both gradients', (s) => {
    tf.tidy(() => {
      const [n, k, m] = [17, 23, 19];
      const a = tf.randomUniform(ta ? [s, k, n] : [s, n, k], -1, 1, 'float32', 1);
      const b = tf.randomUniform(tb ? [s, m, k] : [s, k, m], -1, 1, 'float32', 2);
      const w = tf.randomUniform([s, n, m], -1, 1, 'float32', 3);
      const product = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.matMul(x, y, ta, tb);
      const compiled = jit(product);
      expectClose(compiled(a, b), reference(a, b, ta, tb));
      compiled.dispose();
      const loss = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.sum(tf.mul(w, product(x, y)));
      const [da, db] = grad(loss, { argnums: [0, 1] })(a, b) as unknown as [tf.Tensor, tf.Tensor];
      expectClose(da, ta ? reference(b, w, tb, true) : reference(w, b, false, !tb));
      expectClose(db, tb ? reference(w, a, true, ta) : reference(a, w, !ta, false));
    });
  });
});

it('StackedMatMul has derivatives of its own', () => {
  tf.tidy(() => {
    const a = tf.randomUniform([2, 2, 3], -1, 1, 'float32', 1);
    const b = tf.randomUniform([2, 3, 2], -1, 1, 'float32', 2);
    checkGrads((x: tf.Tensor, y: tf.Tensor) => runKernel('StackedMatMul', { a: x, b: y }), [a, b], {
      order: 2,
    });
  });
});
