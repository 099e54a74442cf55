import { cast, fill, reshape, slice, unsortedSegmentSum, type Tensor1D } from '@tensorflow/tfjs-core';
import { defineLayer, partOf, type LinearLayer } from '../layer';

/*
 * An embedding is a dense layer on one-hot rows: x^T x is diagonal and counts how often each entry is looked up.
 */
defineLayer({
  kernel: 'GatherV2',
  weight: 'x',
  data: 'indices',
  layer({ x, indices }, { axis }): LinearLayer {
    const place = (axis as number) < 0 ? (axis as number) + x!.shape.length : (axis as number);
    const n = x!.shape[place]!;
    const size = x!.shape.reduce((a, d) => a * d, 1);
    const b = indices!.shape.reduce((a, d) => a * d, 1);
    return {
      kind: 'lookup',
      b,
      n,
      m: n === 0 ? 0 : size / n,
      stacks: 1,
      orientation: String(place),
      counts(data, share) {
        const rows = partOf(b, share);
        const all = reshape(cast(data, 'int32'), [b]);
        const some = rows === b ? all : slice(all, [0], [rows]);
        return { counts: unsortedSegmentSum(fill([rows], 1), some as Tensor1D, n), rows };
      },
      alongFeatures: (values) =>
        reshape(
          values,
          x!.shape.map((_, i) => (i === place ? n : 1)),
        ),
    };
  },
});
