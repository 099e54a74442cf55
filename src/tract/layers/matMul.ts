import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import { swapLast } from '../../rules/families/matMulT';
import { defineLayer, type LinearLayer } from '../layer';

/*
 * z = x W and z = W x (both operand orders, each maybe transposed). Leading axes of the data that the weight does not have are more rows.
 */

/** [..., r, c] -> [..., c, r] if asked. */
const maybe = (t: Tensor, transposed: boolean): Tensor => (transposed ? swapLast(t) : t);

function layer(
  data: readonly number[],
  weight: readonly number[],
  /** Whether the data's features are its second to last axis, and whether the weight's outputs are. */
  dataTransposed: boolean,
  weightTransposed: boolean,
  /** W x instead of x W: the output's rows are columns. */
  weightFirst: boolean,
): LinearLayer {
  const [w1, w2] = weight.slice(-2) as [number, number];
  const [d1, d2] = data.slice(-2) as [number, number];
  const [n, m] = weightTransposed ? [w2, w1] : [w1, w2];
  const rows = dataTransposed ? d2 : d1;
  const dataLead = data.slice(0, -2);
  const weightLead = weight.slice(0, -2);
  const stacks = weightLead.reduce((a, d) => a * d, 1);
  const shared = stacks === 1;
  if (!shared && dataLead.join() !== weightLead.join()) {
    throw new RangeError(
      `tract: matMul of data [${data.join(',')}] with a stack of weights [${weight.join(',')}]: leading axes must be equal, or the weight a single matrix.`,
    );
  }
  const repeats = shared ? dataLead.reduce((a, d) => a * d, 1) : 1;
  const outLead = dataLead.length >= weightLead.length ? dataLead : weightLead;
  const merge = (t: Tensor, columns: number): Tensor => (shared ? reshape(t, [repeats * rows, columns]) : t);
  return {
    b: repeats * rows,
    n,
    m,
    stacks,
    *blocks(x) {
      yield () => merge(maybe(x, dataTransposed), n);
    },
    toMatrix: (w) => (shared ? reshape(maybe(w, weightTransposed), [n, m]) : maybe(w, weightTransposed)),
    fromMatrix: (w) => reshape(maybe(w, weightTransposed), weight as number[]),
    toRows: (ct) => merge(maybe(ct, weightFirst), m),
    fromRows: (g) => maybe(shared ? reshape(g, [...outLead, rows, m]) : g, weightFirst),
  };
}

// z = a b with the weight second: rows of a are examples.
defineLayer({
  kernel: 'BatchMatMul',
  weight: 'b',
  data: 'a',
  layer: ({ a, b }, { transposeA, transposeB }) =>
    layer(a!.shape, b!.shape, !!transposeA, !!transposeB, false),
});

// z = a b with the weight first: z^T = b^T a^T, so columns of b are examples.
defineLayer({
  kernel: 'BatchMatMul',
  weight: 'a',
  data: 'b',
  layer: ({ a, b }, { transposeA, transposeB }) => layer(b!.shape, a!.shape, !transposeB, !transposeA, true),
});
