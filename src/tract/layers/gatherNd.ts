import {
  fill,
  mul,
  reshape,
  slice,
  sum,
  tensor1d,
  unsortedSegmentSum,
  zeros,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { defineLayer, partOf, type LinearLayer } from '../layer';

const product = (sizes: readonly number[]): number => sizes.reduce((a, d) => a * d, 1);

/* A table with an index for each of its first axes: rows of x have a single one, as those of an embedding do. */
defineLayer({
  kernel: 'GatherNd',
  weight: 'params',
  data: 'indices',
  layer({ params, indices }): LinearLayer {
    const depth = indices!.shape.at(-1)!;
    const axes = params!.shape.slice(0, depth);
    const rest = params!.shape.slice(depth);
    const b = product(indices!.shape.slice(0, -1));
    const n = product(axes);
    return {
      kind: 'lookup',
      b,
      n,
      m: product(rest),
      stacks: 1,
      orientation: `${depth} axes`,
      counts(data, share) {
        const rows = partOf(b, share);
        if (rows === 0) return { counts: zeros([n]), rows };
        const all = reshape(data, [b, depth]);
        const some = rows === b ? all : slice(all, [0, 0], [rows, depth]);
        const strides = axes.map((_, i) => product(axes.slice(i + 1)));
        const ids = sum(mul(some, tensor1d(strides, 'int32')), 1) as Tensor1D;
        return { counts: unsortedSegmentSum(fill([rows], 1), ids, n), rows };
      },
      alongFeatures: (values) => reshape(values, [...axes, ...rest.map(() => 1)]),
    };
  },
});
