import { batchToSpaceND, reshape, spaceToBatchND, util, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs, Batching } from '../../core/rule';
import { mergeBatch, splitBatch } from '../families/batching';
import { linear } from '../families/linear';
import { mergeInto, splitFrom } from '../families/mappedAxis';
import { blocksToSpace, spaceToBlocks } from './blocks';

/*
 * Blocks of [b, s_1 ...] spread over the batch axis as [prod(block), b], and back: each is the other's transpose, and what one crops the
 * other pads. The mapped axis joins b.
 */
linear('SpaceToBatchND', 'x', {
  transpose: (ct, { attrs: { blockShape, paddings } }) => batchToSpaceND(ct, blockShape, paddings),
  shape: ({ inputs: { x }, attrs: { blockShape, paddings } }) => ({
    shape: x!.shape.map((n, i) => {
      if (i === 0) return n * util.sizeFromShape(blockShape);
      if (i > blockShape.length) return n;
      return (n + paddings[i - 1][0] + paddings[i - 1][1]) / blockShape[i - 1];
    }),
    dtype: x!.dtype,
  }),
  broken: isSlow,
  polyfill: ({ x }: { x: Tensor }, { blockShape, paddings }: Attrs) => spaceToBlocks(x, blockShape, paddings),
});

linear('BatchToSpaceND', 'x', {
  transpose: (ct, { attrs: { blockShape, crops } }) => spaceToBatchND(ct, blockShape, crops),
  shape: ({ inputs: { x }, attrs: { blockShape, crops } }) => ({
    shape: x!.shape.map((n, i) => {
      if (i === 0) return n / util.sizeFromShape(blockShape);
      if (i > blockShape.length) return n;
      return n * blockShape[i - 1] - crops[i - 1][0] - crops[i - 1][1];
    }),
    dtype: x!.dtype,
  }),
  broken: isSlow,
  polyfill: ({ x }: { x: Tensor }, { blockShape, crops }: Attrs) => blocksToSpace(x, blockShape, crops),
});

function isSlow(backend: string, { x }: { x: Tensor }): boolean {
  return backend === 'wasm' && x.size > 0;
}

export const batching: Batching = () => ({
  SpaceToBatchND: ({ inputs: { x }, attrs: { blockShape, paddings }, size }) => {
    const places = util.sizeFromShape(blockShape);
    const y = spaceToBatchND(mergeBatch(x!.value), blockShape, paddings);
    const rows = places * x!.value.shape[1]!;
    return reshape(splitFrom(splitBatch(y, places), 1, size), [size, rows, ...y.shape.slice(1)]);
  },
  BatchToSpaceND: ({ inputs: { x }, attrs: { blockShape, crops }, size }) => {
    const places = util.sizeFromShape(blockShape);
    const [, n, ...rest] = x!.value.shape as [number, number, ...number[]];
    const apart = reshape(x!.value, [size, places, n / places, ...rest]);
    return splitBatch(batchToSpaceND(mergeBatch(mergeInto(apart, 1)), blockShape, crops), size);
  },
});
