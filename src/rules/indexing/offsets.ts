import { add, concat, gather, range, reshape, tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { Batched } from '../../core/rule';
import { withBatch } from '../families/batching';
import { broadcastLike } from '../families/broadcast';
import type { Layout } from './layout';

/*
 * Many index ops on examples, each with indices of its own, are one such op on all of them, with indices that are offset by where each
 * example begins. tfjs's own way, GatherV2 with batchDims, reads wrong indices on wasm (4.22).
 */

/** Indices along the axis as places in the flattened `[lead outer n]`: int32 `[lead outer count]`. */
export function offset(indices: Tensor, { lead, outer, n }: Layout): Tensor {
  if (lead * outer === 1) return reshape(indices, [-1]);
  const starts = tensor(
    Int32Array.from({ length: lead * outer }, (_, i) => i * n),
    [lead, outer, 1],
    'int32',
  );
  const perLead = reshape(indices, [lead, 1, lead === 0 ? 0 : indices.size / lead]);
  return reshape(add(perLead, starts), [-1]);
}

/** The rows of x, as `layout` divides it, that the indices name: `[lead outer count, inner]`. */
export function takeRows(x: Tensor, indices: Tensor, layout: Layout): Tensor {
  const { lead, outer, n, inner } = layout;
  return gather(reshape(x, [lead * outer * n, inner]), offset(indices, layout) as never);
}

/** Index vectors `[..., k]` with the number of the example in front: `[size, ..., k + 1]`. */
export function withExampleNumber(indices: Batched, size: number): Tensor {
  const value = withBatch(indices, size);
  const numbers = reshape(range(0, size, 1, 'int32'), [size, ...value.shape.slice(1).map(() => 1)]);
  return concat([broadcastLike(numbers, [...value.shape.slice(0, -1), 1]), value], -1);
}
