import {
  add,
  gather,
  less,
  minimum,
  mul,
  ones,
  onesLike,
  range,
  reshape,
  scalar,
  where,
  zeros,
  zerosLike,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import {
  defineRule,
  type BatchCall,
  type Batching,
  type Named,
  type Pushforward,
  type Residuals,
} from '../../core/rule';
import { exampleShape, withBatch } from '../families/batching';
import { layoutOf } from './layout';
import { takeRows } from './offsets';

/*
 * y[k] is the sum of the weights of all entries that are k, linear in the weights: each entry's cotangent is that of its number.
 * Without weights, or where it is only asked whether there are any, y counts and has no derivative.
 */
defineRule('Bincount', {
  vjp: { weights: { reads: ['x'], pull: toWeights } },
  jvp,
  shape: ({ inputs, attrs }) => ({ shape: [attrs.size], dtype: inputs.weights!.dtype }),
});

defineRule('DenseBincount', {
  vjp: {
    weights: {
      reads: ['x'],
      pull: (ct, residuals) =>
        residuals.attrs.binaryOutput ? zeros([...residuals.avals.weights!.shape]) : toWeights(ct, residuals),
    },
  },
  jvp: (push) => (push.attrs.binaryOutput ? null : jvp(push)),
  shape: ({ inputs, attrs }) => ({
    shape: [...inputs.x!.shape.slice(0, -1), attrs.size],
    dtype: inputs.weights!.dtype,
  }),
  // cpu's kernel counts all of a vector; tfjs-node has none.
  broken: (backend, { x }: Named<Tensor>, attrs) =>
    backend === 'cpu' && x!.shape.length === 1 && attrs.binaryOutput,
  polyfill: ({ x, weights }: Named<Tensor>, attrs) => {
    const n = x!.shape.at(-1)!;
    const counts = sumByNumber(reshape(x!, [-1, n]), weights!, attrs.size);
    return reshape(attrs.binaryOutput ? minimum(counts, onesLike(counts)) : counts, [
      ...x!.shape.slice(0, -1),
      attrs.size,
    ]);
  },
});

/** For each row of x the sums of the weights of each number, or how often it is there, `[rows, size]`. */
function sumByNumber(x: Tensor, weights: Tensor, size: number): Tensor {
  const [rows] = x.shape as [number, number];
  const first = reshape(mul(range(0, rows, 1, 'int32'), scalar(size, 'int32')), [rows, 1]);
  const segmentIds = where(less(x, size), add(x, first), scalar(-1, 'int32'));
  const summands = weights.size === 0 ? ones(x.shape, weights.dtype as 'float32') : weights;
  const sums = runKernel(
    'UnsortedSegmentSum',
    { x: reshape(summands, [x.size]), segmentIds: reshape(segmentIds, [x.size]) },
    { numSegments: rows * size },
  );
  return reshape(sums, [rows, size]);
}

function toWeights(ct: Tensor, { inputs, avals, attrs }: Residuals): Tensor {
  const x = inputs.x!;
  const { shape } = avals.weights!;
  if (shape.includes(0)) return zeros([...shape]);
  // Larger numbers are not counted.
  const isCounted = less(x, attrs.size);
  const safe = where(isCounted, x, zerosLike(x));
  const found =
    ct.rank === 1
      ? gather(ct, safe as Tensor1D)
      : reshape(takeRows(ct, safe, layoutOf(ct.shape, 1, 1)), x.shape);
  return where(isCounted, found, zerosLike(found));
}

function jvp({ kernel, inputs, tangents, attrs }: Pushforward): Tensor | null {
  const weights = tangents.weights;
  return weights && weights.size > 0 ? runKernel<Tensor>(kernel, { x: inputs.x, weights }, attrs) : null;
}

/** All examples' rows as one matrix. */
function rows({ x, weights }: BatchCall['inputs'], size: number): { x: Tensor; weights: Tensor } {
  const n = exampleShape(x!).at(-1)!;
  const stacked = (t: Tensor): Tensor => reshape(t, [n === 0 ? size : t.size / n, n]);
  const isWeighted = !exampleShape(weights!).includes(0);
  return {
    x: stacked(withBatch(x!, size)),
    weights: isWeighted ? stacked(withBatch(weights!, size)) : weights!.value,
  };
}

export const batching: Batching = () => ({
  Bincount: ({ inputs, size, attrs }) =>
    runKernel('DenseBincount', rows(inputs, size), { size: attrs.size, binaryOutput: false }),
  DenseBincount: ({ kernel, inputs, size, attrs }) => {
    const counts = runKernel(kernel, rows(inputs, size), attrs);
    return reshape(counts, [size, ...exampleShape(inputs.x!).slice(0, -1), attrs.size]);
  },
});
