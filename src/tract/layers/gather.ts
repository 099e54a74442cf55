import {
  add,
  cast,
  fill,
  reshape,
  slice,
  tensor,
  unsortedSegmentSum,
  zeros,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { defineLayer, partOf, type LinearLayer } from '../layer';

const product = (sizes: readonly number[]): number => sizes.reduce((a, d) => a * d, 1);

/*
 * An embedding is a dense layer on one-hot rows: x^T x is diagonal and counts how often each entry is looked up. Axes that both operands
 * have as a batch (`batchDims`) are a stack of tables.
 */
defineLayer({
  kernel: 'GatherV2',
  weight: 'x',
  data: 'indices',
  layer({ x, indices }, { axis, batchDims = 0 }): LinearLayer {
    const place = (axis as number) < 0 ? (axis as number) + x!.shape.length : (axis as number);
    const shared = (batchDims as number) < 0 ? (batchDims as number) + indices!.shape.length : batchDims;
    const n = x!.shape[place]!;
    const stacks = product(x!.shape.slice(0, shared));
    const b = product(indices!.shape.slice(shared));
    return {
      kind: 'lookup',
      b,
      n,
      m: product(x!.shape.slice(shared)) / Math.max(n, 1),
      stacks,
      orientation: `${shared} ${place}`,
      counts(data, share) {
        const rows = partOf(b, share);
        if (rows === 0) return { counts: zeros([stacks * n]), rows };
        const all = reshape(cast(data, 'int32'), [stacks, b]);
        const some = rows === b ? all : slice(all, [0, 0], [stacks, rows]);
        // Entry i of table s is entry s n + i of all.
        const tables = tensor(
          Int32Array.from({ length: stacks }, (_, s) => s * n),
          [stacks, 1],
        );
        const ids = reshape(stacks === 1 ? some : add(some, tables), [stacks * rows]) as Tensor1D;
        return { counts: unsortedSegmentSum(fill([stacks * rows], 1), ids, stacks * n), rows };
      },
      alongFeatures: (values) =>
        reshape(
          values,
          x!.shape.map((size, i) => (i === place || i < shared ? size : 1)),
        ),
    };
  },
});
