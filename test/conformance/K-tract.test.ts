import * as tf from '@tensorflow/tfjs-core';
import { describe, expect } from 'vitest';
import { grad, tract, valueAndGrad, vjp } from '../../src';
import { close, line } from '../support/line';
import { relativeError, rows, solve, tractGradient, type Matrix } from '../tract/oracle';

const X = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const G = [
  [1, 0.5],
  [0, -1],
  [-1, 2],
];

/** The corrected gradient of a layer with weights [out, in] and cotangent g, as in PyTorch's layout. */
function corrected(
  x: Matrix,
  g: Matrix,
  lambda: number,
  form: 'auto' | 'primal' | 'dual' = 'auto',
): tf.Tensor {
  const loss = (w: tf.Tensor, data: tf.Tensor): tf.Tensor =>
    tf.sum(tf.mul(tf.matMul(data, w, false, true), tf.tensor2d(g)));
  return grad(tract(loss, { lambda, form }))(tf.zeros([g[0]!.length, x[0]!.length]), tf.tensor2d(x));
}

describe('K. TrAct', () => {
  line('88. lambda 0.1 and 1', () => {
    close(corrected(X, G, 0.1), [
      [-2.8721541156, 2.0315236427],
      [1.5323992995, -0.7180385289],
    ]);
    close(corrected(X, G, 1), [
      [-0.5882352941, 0.2352941176],
      [0.4558823529, 0.1176470588],
    ]);
  });
  line('89. fewer rows than features; primal and dual agree at the switch', () => {
    const wide = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    close(corrected(wide, [[1], [-1]], 0.1), [[-2.0930232558, -0.3488372093, 1.3953488372]], 1e-4);
    const n = 6;
    for (const b of [n - 1, n, n + 1]) {
      const x = Array.from({ length: b }, (_, i) =>
        Array.from({ length: n }, (_, j) => Math.sin(1 + 3 * i + 5 * j)),
      );
      const g = Array.from({ length: b }, (_, i) => [Math.cos(i), Math.sin(2 * i)]);
      const [primal, dual, auto] = (['primal', 'dual', 'auto'] as const).map(
        (form) => corrected(x, g, 0.1, form).arraySync() as Matrix,
      );
      expect(relativeError(dual!, primal!)).toBeLessThan(1e-4);
      expect(relativeError(auto!, primal!)).toBeLessThan(1e-4);
    }
  });
  line('90. lambda to infinity; what stays as it is', () => {
    close(
      tf.mul(1e6, corrected(X, G, 1e6)),
      [
        [-4, -4],
        [7.5, 9],
      ],
      1e-4,
    );
    const loss = (p: { w: tf.Tensor; b: tf.Tensor }, x: tf.Tensor): tf.Tensor =>
      tf.sum(tf.mul(tf.tanh(tf.add(tf.matMul(x, p.w, false, true), p.b)), tf.tensor2d(G)));
    const p = {
      w: tf.tensor2d([
        [0.3, -0.2],
        [0.1, 0.4],
      ]),
      b: tf.tensor1d([0.1, -0.3]),
    };
    const plain = valueAndGrad(loss, { argnums: [0, 1] })(p, tf.tensor2d(X));
    const found = valueAndGrad(tract(loss, 0.1), { argnums: [0, 1] })(p, tf.tensor2d(X));
    expect(found[0].dataSync()).toEqual(plain[0].dataSync());
    expect(found[1][0].b.dataSync()).toEqual(plain[1][0].b.dataSync());
    expect(found[1][1].dataSync()).toEqual(plain[1][1].dataSync());
    const output = (q: typeof p, x: tf.Tensor): tf.Tensor =>
      tf.tanh(tf.add(tf.matMul(x, q.w, false, true), q.b));
    const [forward] = vjp(output, p, tf.tensor2d(X));
    expect(tract(output, 0.1)(p, tf.tensor2d(X)).dataSync()).toEqual(forward.dataSync());
  });
  line('91. the limit lambda to 0: least squares in one step, and invariances', () => {
    const x = [
      [1, 0.5],
      [-0.3, 1],
      [0.7, -1.2],
      [0.2, 0.9],
    ];
    const y = [[1], [2], [-1], [0.5]];
    const loss = (w: tf.Tensor, data: tf.Tensor): tf.Tensor =>
      tf.div(tf.sum(tf.square(tf.sub(tf.matMul(data, w), tf.tensor2d(y)))), 2 * x.length);
    const w = tf.tensor2d([[3], [-4]]);
    const stepped = tf.sub(w, grad(tract(loss, 1e-6))(w, tf.tensor2d(x)));
    // The normal equations' solution is TrAct's closed form for g = y / b at lambda 0.
    const solution = tractGradient(
      x,
      y.map(([v]) => [v! / x.length]),
      0,
    );
    close(stepped, solution, 1e-4);

    // The update of the output does not depend on the coordinates of x, at lambda 0.
    const g = [[1], [-2], [0.5], [3]];
    const outputs = (data: Matrix): tf.Tensor =>
      tf.matMul(tf.tensor2d(data), corrected(data, g, 1e-6), false, true);
    const mixed = x.map(([a, b]) => [2 * a! - b!, a! + 3 * b!]);
    close(outputs(mixed), outputs(x).arraySync(), 1e-3);

    // Twice the batch, of which each row has half the cotangent, is the mean loss on the doubled batch.
    const halved = [...g, ...g].map(([v]) => [v! / 2]);
    close(corrected([...x, ...x], halved, 0.1), corrected(x, g, 0.1).arraySync(), 1e-4);
  });
  line('92. the dual form in float32: 64 correlated rows, 3072 features', () => {
    const [b, n] = [64, 3072];
    const x = Array.from({ length: b }, (_, i) =>
      Array.from({ length: n }, (_, j) =>
        Math.fround(1 + 0.3 * Math.sin(i + j / 50) + 0.05 * Math.cos(7 * i * j)),
      ),
    );
    const g = Array.from({ length: b }, (_, i) => [Math.fround(Math.sin(3 * i + 1))]);
    // In float64, with the matrix of rows: x^T (x x^T / b + lambda I)^-1 g.
    const gram = x.map((row) => x.map((other) => row.reduce((sum, v, k) => sum + v * other[k]!, 0) / b));
    const solved = solve(
      gram.map((row, i) => row.map((v, j) => v + (i === j ? 0.01 : 0))),
      g,
    );
    const expected = Array.from({ length: n }, (_, j) =>
      x.reduce((sum, row, i) => sum + row[j]! * solved[i]![0]!, 0),
    );
    const found = rows(corrected(x, g, 0.01).dataSync(), n);
    expect(relativeError(found, [expected])).toBeLessThan(1e-3);
  });
});
