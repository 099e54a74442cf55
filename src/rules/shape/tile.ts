import { reshape, tile } from '@tensorflow/tfjs-core';
import { linear } from '../families/linear';
import { sumTo } from '../families/broadcast';

// n elements repeated r times are [r, n], whose first axis the transpose sums over.
linear('Tile', 'x', {
  transpose: (ct, { avals, attrs }) => {
    const { shape } = avals.x!;
    const reps = attrs.reps as number[];
    const apart = reps.flatMap((r, i) => (r === 1 ? [shape[i]!] : [r, shape[i]!]));
    const once = reps.flatMap((r, i) => (r === 1 ? [shape[i]!] : [1, shape[i]!]));
    return reshape(sumTo(reshape(ct, apart), once), [...shape]);
  },
  batch: ({ inputs: { x }, attrs }) => tile(x!.value, [1, ...(attrs.reps as number[])]),
  shape: ({ inputs: { x }, attrs }) => ({
    shape: x!.shape.map((n, i) => n * (attrs.reps as number[])[i]!),
    dtype: x!.dtype,
  }),
});
