import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { triangularSolve as kernel } from '../../../src/linalg/kernels/triangularSolve';
import { registerLinalgKernel } from '../../../src/linalg/kernels/register';
import { sizes } from '../../support/runs';
import { tolerance } from '../../support/tolerance';
import { expectClose, gaussian, matrixOf, run, solved, tensorOf, transposed, type Matrix } from './reference';

beforeAll(() => registerLinalgKernel(kernel, tf.getBackend()));

const forms = [true, false].flatMap((lower) =>
  [true, false].flatMap((transpose) =>
    [true, false].map((unitDiagonal) => ({ lower, transpose, unitDiagonal })),
  ),
);

/** Well conditioned, with NaN wherever the kernel must not look. */
function triangular(
  n: number,
  { lower, unitDiagonal }: (typeof forms)[number],
): { given: Matrix; meant: Matrix } {
  const noise = gaussian(n, n, `triangle ${n}`);
  const isStrict = (i: number, j: number): boolean => (lower ? i > j : i < j);
  const entry = (i: number, j: number, elsewhere: number): number =>
    isStrict(i, j) ? Math.fround(noise[i]![j]! / n) : elsewhere;
  return {
    given: matrixOf(n, n, (i, j) => entry(i, j, i === j && !unitDiagonal ? 2 + (i % 3) : NaN)),
    meant: matrixOf(n, n, (i, j) => entry(i, j, i !== j ? 0 : unitDiagonal ? 1 : 2 + (i % 3))),
  };
}

describe.each(forms)('TractTriangularSolve with %o', (form) => {
  test.each(sizes([1, 2, 3, 4, 5, 16, 27, 33, 48, 100, 147]))('n = %d', (n) => {
    const { given, meant } = triangular(n, form);
    for (const m of [1, 3, 64]) {
      const b = gaussian(n, m, `b ${n} ${m}`);
      const [x] = run(
        'TractTriangularSolve',
        () => ({ a: tensorOf([given], n, n), b: tensorOf([b], n, m) }),
        form,
      );
      expectClose(x!.rows, solved(form.transpose ? transposed(meant) : meant, b), tolerance().solved(100));
    }
  });

  test('each system of a stack by its own matrix', () => {
    const { given, meant } = triangular(5, form);
    const double = (a: Matrix): Matrix => a.map((row, i) => row.map((v, j) => (i === j ? v : 2 * v)));
    const b = gaussian(5, 2, 'stack');
    const [x] = run(
      'TractTriangularSolve',
      () => ({ a: tensorOf([given, double(given)], 5, 5), b: tensorOf([b, b], 5, 2) }),
      form,
    );
    const expected = [meant, double(meant)].flatMap((a) => solved(form.transpose ? transposed(a) : a, b));
    expectClose(x!.rows, expected, tolerance().solved(100));
  });
});

test('TractTriangularSolve: a NaN spreads to the rows that depend on it only', () => {
  const form = { lower: true, transpose: false, unitDiagonal: false };
  const { meant } = triangular(6, form);
  const b = matrixOf(6, 1, (i) => (i === 2 ? NaN : 1));
  const solve = (attrs: tf.NamedAttrMap): boolean[] =>
    run('TractTriangularSolve', () => ({ a: tensorOf([meant], 6, 6), b: tensorOf([b], 6, 1) }), attrs)[0]!
      .rows.flat()
      .map(Number.isNaN);
  expect(solve(form)).toEqual([false, false, true, true, true, true]);
  expect(solve({ ...form, transpose: true })).toEqual([true, true, true, false, false, false]);
});

test('TractTriangularSolve: a zero on the diagonal divides', () => {
  const [x] = run(
    'TractTriangularSolve',
    () => ({
      a: tf.tensor2d([
        [1, 0],
        [1, 0],
      ]),
      b: tf.tensor2d([[1], [3]]),
    }),
    { lower: true, transpose: false, unitDiagonal: false },
  );
  expect(x!.rows).toEqual([[1], [Infinity]]);
});

test.each([
  [0, 3, 2],
  [2, 0, 3],
  [2, 3, 0],
])('TractTriangularSolve of %d systems with n = %d, m = %d is empty', (count, n, m) => {
  const inputs = () => ({ a: tf.zeros([count, n, n]), b: tf.zeros([count, n, m]) });
  const found = run('TractTriangularSolve', inputs, { lower: true, transpose: false, unitDiagonal: false });
  expect(found).toEqual([{ shape: [count, n, m], dtype: 'float32', rows: [] }]);
});
