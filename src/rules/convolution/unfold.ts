import {
  addN,
  eye,
  getBackend,
  reshape,
  slice,
  tile,
  transpose,
  util,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { engine } from '../../core/engine';
import { provideInPlace, worksInPlace } from '../../core/inPlace';
import { runKernel } from '../../core/kernel';
import { findKernel } from '../../core/ownKernels';
import type { Attrs, Aval } from '../../core/rule';
import { roomForImages, unfoldWindows } from '../../wasm/convolution';
import { addressOf, allocate, memoryOf, withRoom } from '../../wasm/memory';
import { mergeBatch, splitBatch } from '../families/batching';
import { linear } from '../families/linear';
import { provideOnTensorFlow } from '../tensorflow';
import { convAxes, isPointwise, padOrCrop, type Axis } from './geometry';
import { conv, depthwise, depthwiseInputGradient, inputGradient } from './primitives';

/**
 * Up to this length of a patch, a convolution with the identity as its filter unfolds fastest; its cost grows with the square of the length, and
 * above, a depthwise one with a transposition wins (wasm and cpu alike). Slices and a concatenation take ten times as long.
 */
const DENSE_PATCH = 64;

/** On tensorflow, whose own op takes up to ten times as long where patches of few channels overlap. */
const DENSE_ON_TENSORFLOW = 160;

/**
 * The patches that a two-dimensional convolution with channels last sees, one row for each output position.
 *
 * An infinity or NaN in a patch may fill its whole row with NaN.
 *
 * @param x `[n, h, w, c]`; a part of a batch gives the rows of its examples, so that callers can go by chunks
 * @param filterShape `[kh, kw, c, ...]`
 * @param attrs those of the Conv2D call: strides, pad, dilations, dimRoundingMode
 * @returns `[n * oh * ow, kh * kw * c]`, such that the convolution is `unfold(x) @ reshape(filter, [kh * kw * c, m])`
 */
export function unfold(x: Tensor, filterShape: readonly number[], attrs: Attrs): Tensor {
  const [kh, kw, c] = filterShape as [number, number, number];
  if (convAxes(x.shape, filterShape, attrs).every(isPointwise)) return reshape(x, [-1, c]);
  const backend = getBackend();
  const isDense = backend === 'tensorflow' && kh * kw * c <= DENSE_ON_TENSORFLOW;
  if (isDense) return unfoldByIdentity(x, filterShape, attrs);
  if (isBlockUnfold(backend, x, attrs)) {
    const { strides, pad, dilations, dimRoundingMode } = attrs;
    const windows = { strides, pad, dilations, dimRoundingMode, filterShape: [kh, kw, c, 1] };
    return runKernel(BLOCK_UNFOLD, { x }, windows);
  }
  return unfoldByConvs(x, filterShape, attrs);
}

/** Patches, { x } -> rows, in the memory of the wasm backend or by TensorFlow's own op, with the attributes of Conv2D and `filterShape`. */
const BLOCK_UNFOLD = 'BlockUnfold';

export function isBlockUnfold(backend: string, { dtype, shape }: Aval, { pad }: Attrs): boolean {
  if (dtype !== 'float32' || shape.length !== 4) return false;
  if (backend !== 'tensorflow') return worksInPlace(backend);
  return typeof pad === 'string' && !engine().isTapeOn() && findKernel(BLOCK_UNFOLD, backend) !== undefined;
}

// Each entry of an image goes to the patches that see it.
linear(BLOCK_UNFOLD, 'x', {
  transpose: (ct, { avals, attrs }) => fold(ct, avals.x!.shape, attrs.filterShape, attrs),
  batch: ({ inputs: { x }, size, attrs }) =>
    splitBatch(unfold(mergeBatch(x!.value), attrs.filterShape, attrs), size),
  shape: ({ inputs: { x }, attrs }) => {
    const [kh, kw, c] = attrs.filterShape as [number, number, number];
    const rows = convAxes(x!.shape, attrs.filterShape, attrs).reduce((n, { out }) => n * out, x!.shape[0]!);
    return { shape: [rows, kh * kw * c], dtype: 'float32' };
  },
  broken: (backend, { x }: { x: Tensor }, attrs) => !isBlockUnfold(backend, x, attrs),
  polyfill: ({ x }: { x: Tensor }, attrs) => unfoldByConvs(x, attrs.filterShape, attrs),
});

provideInPlace(BLOCK_UNFOLD, ({ x }, attrs, backend) => blockUnfold(x!, attrs, backend));

provideOnTensorFlow(BLOCK_UNFOLD, (run, { x }, { pad, filterShape, ...windows }) => {
  const axes = convAxes(x!.shape, filterShape, { pad, ...windows });
  const lists = { ksizes: 'taps', strides: 'stride', rates: 'dilation' } as const;
  const attrs = Object.entries(lists).map(([name, key]) => [name, [1, ...axes.map((axis) => axis[key]), 1]]);
  const [patches] = run('ExtractImagePatches', [x!], 1, ['T'], {
    ...Object.fromEntries(attrs),
    padding: pad.toUpperCase(),
  });
  const [n, height, width, length] = patches!.shape as [number, number, number, number];
  const rows = reshape(patches!, [n * height * width, length]);
  patches!.dispose();
  return rows;
});

function blockUnfold(x: TensorInfo, attrs: Attrs, backend: object): TensorInfo {
  const memory = memoryOf(backend)!;
  const axes = convAxes(x.shape, attrs.filterShape, attrs) as [Axis, Axis];
  const [count, , , c] = x.shape as [number, number, number, number];
  const length = axes[0].taps * axes[1].taps * c;
  const rows = allocate(backend, [count * axes[0].out * axes[1].out, length], 'float32');
  if (util.sizeFromShape(rows.shape) === 0) return rows;
  const windows = { x: addressOf(backend, x), count, c, axes };
  const to = addressOf(backend, rows);
  withRoom(backend, roomForImages(windows), (room) => unfoldWindows(memory, windows, to, room));
  return rows;
}

/** A convolution with the identity as its filter unfolds. */
function unfoldByIdentity(x: Tensor, [kh, kw, c]: readonly number[], attrs: Attrs): Tensor {
  return reshape(conv(x, identity(kh!, kw!, c!), attrs), [-1, kh! * kw! * c!]);
}

function unfoldByConvs(x: Tensor, filterShape: readonly number[], attrs: Attrs): Tensor {
  const [kh, kw, c] = filterShape as [number, number, number];
  const taps = kh * kw;
  if (taps * c <= DENSE_PATCH) return unfoldByIdentity(x, filterShape, attrs);
  const byChannel = reshape(depthwise(x, depthwiseIdentity(kh, kw, c), attrs), [-1, c, taps]);
  return reshape(transpose(byChannel, [0, 2, 1]), [-1, taps * c]);
}

/** The transpose of `unfold`: adds rows of patches up into an image of shape `inputShape`. */
export function fold(
  rows: Tensor,
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: Attrs,
): Tensor {
  const [kh, kw, c] = filterShape as [number, number, number];
  const taps = kh * kw;
  const axes = convAxes(inputShape, filterShape, attrs);
  if (axes.every(isPointwise)) return reshape(rows, inputShape as number[]);
  if (getBackend() === 'tensorflow' && axes.every(({ stride }) => stride === 1))
    return foldByTaps(rows, inputShape, filterShape, axes as [Axis, Axis]);
  const positions = [inputShape[0]!, ...axes.map(({ out }) => out)];
  if (taps * c <= DENSE_PATCH) {
    return inputGradient(reshape(rows, [...positions, taps * c]), identity(kh, kw, c), inputShape, attrs);
  }
  const byChannel = transpose(reshape(rows, [-1, taps, c]), [0, 2, 1]);
  return depthwiseInputGradient(
    reshape(byChannel, [...positions, c * taps]),
    depthwiseIdentity(kh, kw, c),
    inputShape,
    attrs,
  );
}

/** What each tap has seen goes to its place; the rest of the image got nothing from it. */
function foldByTaps(
  rows: Tensor,
  [n]: readonly number[],
  [, kw, c]: readonly number[],
  axes: [Axis, Axis],
): Tensor {
  const [h, w] = axes;
  const cells = reshape(rows, [n!, h.out, w.out, rows.shape[1]!]);
  const parts = Array.from({ length: h.taps * w.taps }, (_, tap) => {
    const place = (axis: Axis, k: number): [number, number] => {
      const begin = k * axis.dilation - axis.before;
      return [begin, axis.size - axis.out - begin];
    };
    const seen = slice(cells, [0, 0, 0, tap * c!], [n!, h.out, w.out, c!]);
    return padOrCrop(seen, [place(h, Math.floor(tap / kw!)), place(w, tap % kw!)]);
  });
  return addN(parts);
}

/** Filter whose every output channel picks one entry of the patch. */
function identity(kh: number, kw: number, c: number): Tensor {
  return reshape(eye(kh * kw * c), [kh, kw, c, kh * kw * c]);
}

/** Depthwise filter whose every multiple of a channel picks one tap. */
export function depthwiseIdentity(kh: number, kw: number, c: number): Tensor {
  return tile(reshape(eye(kh * kw), [kh, kw, 1, kh * kw]), [1, 1, c, 1]);
}
