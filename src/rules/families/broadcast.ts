import {
  add,
  broadcastTo,
  fill,
  getBackend,
  logicalOr,
  matMul,
  reshape,
  sum,
  util,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { isBlockSum } from '../blockSum';
import { byParts } from './complexParts';
import { inShape } from './inShape';
import { mergeAxes, XNNPACK_RANK } from './mergeAxes';

/** Up to this rank webgpu sums as fast over several axes as over one. A matrix it would transpose in shared memory, which a driver on the CPU takes ten times as long for. */
const SUMMED_AS_IT_IS = 4;

/** Sums over the axes along which a tensor of shape `shape` was broadcast to become like `t`: the transpose of `broadcastLike`. */
export function sumTo(t: Tensor, shape: readonly number[]): Tensor {
  if (util.arraysEqual(t.shape, shape as number[])) return t;
  if (t.dtype === 'complex64') return byParts(t, (part) => sumTo(part, shape));
  if (t.size === 0) return zeros([...shape], t.dtype);
  const size = util.sizeFromShape([...shape]);
  // Along axes of length one, as of a batch of one, there is nothing to sum.
  if (size === t.size) return reshape(t, [...shape]);
  if (isSuffix(shape, t.shape)) {
    const lead = t.rank - shape.length;
    if (t.rank <= SUMMED_AS_IT_IS && lead > 1 && getBackend() === 'webgpu')
      return sum(
        t,
        t.shape.slice(0, lead).map((_, axis) => axis),
      );
    return inShape(sumLeading(inShape(t, [t.size / size, size])), shape);
  }
  const [[once], repeated] = mergeAxes([shape], t.shape);
  const lead = repeated.length - once!.length;
  const axes = repeated.flatMap((n, i) => (i < lead || once![i - lead] !== n ? [i] : []));
  const merged = inShape(t, repeated);
  const areLeading = axes.length === 1 && axes[0] === 0 && merged.rank > 1;
  return inShape(areLeading ? sumLeading(merged) : sum(merged, axes), shape);
}

/** A bias, say: the whole shape is that, with axes in front. */
function isSuffix(shape: readonly number[], whole: readonly number[]): boolean {
  const lead = whole.length - shape.length;
  return lead > 0 && shape.length > 0 && shape.every((n, i) => n === whole[lead + i]);
}

/**
 * From this size on a product with a row of ones is the faster sum, though one kernel more: 5 to 30 times on wasm, which transposes before it
 * sums, two to three times on tensorflow.
 */
const WORTH_A_PRODUCT: Readonly<Record<string, number>> = { wasm: 2048, tensorflow: 2 ** 17 };

/** The sum over the first axis. */
function sumLeading(t: Tensor): Tensor {
  const [rows] = t.shape as [number];
  const backend = getBackend();
  const isLong = t.size > (WORTH_A_PRODUCT[backend] ?? Infinity);
  if (isLong && t.dtype === 'float32' && !isBlockSum(backend, t, 0))
    return matMul(fill([1, rows], 1), inShape(t, [rows, t.size / rows]));
  return sum(t, 0);
}

/**
 * `t` repeated along the axes of length one, or absent in front, to shape `shape`.
 *
 * @param from the shape in which t is taken, if it isn't its own
 */
export function broadcastLike(
  t: Tensor,
  shape: readonly number[],
  from: readonly number[] = t.shape,
): Tensor {
  if (util.arraysEqual(from as number[], shape as number[])) return inShape(t, shape);
  if (t.dtype === 'complex64') return byParts(t, (part) => broadcastLike(part, shape, from));
  // broadcastTo leaves an axis that should have no elements as it is.
  if (shape.includes(0)) return fill([...shape], t.dtype === 'string' ? '' : 0, t.dtype);
  // wasm's Tile takes 10 to 20 times as long as combining with zeros, but that has its limits.
  const tiled = (): Tensor => broadcastTo(inShape(t, from), [...shape]);
  if (getBackend() !== 'wasm' || t.dtype === 'string') return tiled();
  const [[once], repeated] = mergeAxes([from], shape);
  if (repeated.length > XNNPACK_RANK) return tiled();
  const nothing = fill(repeated, 0, t.dtype);
  const merged = inShape(t, once!);
  return inShape(t.dtype === 'bool' ? logicalOr(merged, nothing) : add(merged, nothing), shape);
}
