import { reshape, slice, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { broadcastLike } from '../../rules/families/broadcast';
import { inShape } from '../../rules/families/inShape';
import { swapLast } from '../../rules/families/matMulT';
import { defineLayer, partOf, type LinearLayer } from '../layer';

/*
 * z = x W and z = W x (both operand orders, each maybe transposed). Leading axes of the data that the weight does not have are more rows; those
 * of the weight are stacks, each with an A of its own.
 */

/** [..., r, c] -> [..., c, r] if asked. */
const maybe = (t: Tensor, transposed: boolean): Tensor => (transposed ? swapLast(t) : t);
const product = (sizes: readonly number[]): number => sizes.reduce((a, d) => a * d, 1);

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
  const rank = Math.max(data.length, weight.length) - 2;
  const aligned = (shape: readonly number[]): number[] => [
    ...new Array<number>(rank + 2 - shape.length).fill(1),
    ...shape.slice(0, -2),
  ];
  const dataLead = aligned(data);
  const weightLead = aligned(weight);
  const axes = weightLead.map((_, i) => i);
  const stackAxes = axes.filter((i) => weightLead[i] !== 1);
  const rowAxes = axes.filter((i) => weightLead[i] === 1);
  const stacks = product(weightLead);
  const isSingle = stackAxes.length === 0;
  const fullLead = axes.map((i) => (weightLead[i] === 1 ? dataLead[i]! : weightLead[i]!));
  const b = product(rowAxes.map((i) => dataLead[i]!)) * (dataTransposed ? d2 : d1);

  /** [lead, r, columns] -> [b, columns], or [stacks, b, columns]. */
  const merge = (t: Tensor, columns: number): Tensor => {
    if (isSingle) return inShape(t, [b, columns]);
    const full = broadcastLike(reshape(t, [...aligned(t.shape), ...t.shape.slice(-2)]), [
      ...fullLead,
      ...t.shape.slice(-2),
    ]);
    const order = [...stackAxes, ...rowAxes, rank, rank + 1];
    const moved = order.every((axis, i) => axis === i) ? full : transpose(full, order);
    return reshape(moved, [stacks, b, columns]);
  };
  return {
    kind: 'dense',
    b,
    n,
    m,
    stacks,
    orientation: weightTransposed ? 'transposed' : '',
    *blocks(x, share) {
      yield () => {
        const rows = merge(maybe(x, dataTransposed), n);
        const some = partOf(b, share);
        return some === b
          ? rows
          : slice(
              rows,
              rows.shape.map(() => 0),
              [...rows.shape.slice(0, -2), some, n],
            );
      };
    },
    toMatrix: (w) => inShape(maybe(w, weightTransposed), isSingle ? [n, m] : [stacks, n, m]),
    fromMatrix: (w) => {
      const matrix = weightTransposed ? [m, n] : [n, m];
      return inShape(maybe(w, weightTransposed), [...weight.slice(0, -2), ...matrix]);
    },
    toRows: (ct) => merge(maybe(ct, weightFirst), m),
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
