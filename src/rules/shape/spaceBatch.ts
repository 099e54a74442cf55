import { batchToSpaceND, reshape, spaceToBatchND, util } from '@tensorflow/tfjs-core';
import { mergeBatch, splitBatch } from '../families/batching';
import { linear } from '../families/linear';
import { mergeInto, splitFrom } from '../families/mappedAxis';

/*
 * Blocks of [b, s_1 ...] spread over the batch axis as [prod(block), b], and back: each is the other's transpose, and what one crops the
 * other pads. The mapped axis joins b.
 */
linear('SpaceToBatchND', 'x', {
  transpose: (ct, { attrs: { blockShape, paddings } }) => batchToSpaceND(ct, blockShape, paddings),
  batch: ({ inputs: { x }, attrs: { blockShape, paddings }, size }) => {
    const places = util.sizeFromShape(blockShape);
    const y = spaceToBatchND(mergeBatch(x!.value), blockShape, paddings);
    const rows = places * x!.value.shape[1]!;
    return reshape(splitFrom(splitBatch(y, places), 1, size), [size, rows, ...y.shape.slice(1)]);
  },
  shape: ({ inputs: { x }, attrs: { blockShape, paddings } }) => ({
    shape: x!.shape.map((n, i) => {
      if (i === 0) return n * util.sizeFromShape(blockShape);
      if (i > blockShape.length) return n;
      return (n + paddings[i - 1][0] + paddings[i - 1][1]) / blockShape[i - 1];
    }),
    dtype: x!.dtype,
  }),
});

linear('BatchToSpaceND', 'x', {
  transpose: (ct, { attrs: { blockShape, crops } }) => spaceToBatchND(ct, blockShape, crops),
  batch: ({ inputs: { x }, attrs: { blockShape, crops }, size }) => {
    const places = util.sizeFromShape(blockShape);
    const [, n, ...rest] = x!.value.shape as [number, number, ...number[]];
    const apart = reshape(x!.value, [size, places, n / places, ...rest]);
    return splitBatch(batchToSpaceND(mergeBatch(mergeInto(apart, 1)), blockShape, crops), size);
  },
  shape: ({ inputs: { x }, attrs: { blockShape, crops } }) => ({
    shape: x!.shape.map((n, i) => {
      if (i === 0) return n / util.sizeFromShape(blockShape);
      if (i > blockShape.length) return n;
      return n * blockShape[i - 1] - crops[i - 1][0] - crops[i - 1][1];
    }),
    dtype: x!.dtype,
  }),
});
