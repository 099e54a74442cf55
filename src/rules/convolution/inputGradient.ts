import { getBackend, getKernel, pad, reshape, slice, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs, Aval, BatchCall, Batching, Named } from '../../core/rule';
import { mergeBatch, splitBatch } from '../families/batching';
import { bilinear } from '../families/bilinear';
import { mergeInto, splitFrom } from '../families/mappedAxis';
import { matMulT } from '../families/matMulT';
import { isBlockInputGradient } from './blockConv';
import { flipped } from './flip';
import { convAxes, extent, type Axis } from './geometry';
import { isChannelsFirst } from './layout';
import { mustPad, paddedShape, unpadded, withoutPadding } from './numericPadding';
import { conv, convPadded, filterGradient, INPUT_GRADIENT, inputGradient } from './primitives';
import { isInShader } from './shaders';
import { spread } from './spread';
import { fold } from './unfold';
import { isWide } from './wideFilter';

// dx[q] = sum over outputs p and taps k with p * stride + k * dilation - before = q of dy[p] w[k]^T
// tfjs's own kernels appear where a backend computes with them, or where tf.grad or tf.conv2dTranspose call them.
for (const kernel of [INPUT_GRADIENT, 'Conv2DBackpropInput', 'Conv3DBackpropInputV2']) {
  bilinear(
    kernel,
    {
      dy: ({ filter, ct }, { attrs }) => conv(ct, filter!, attrs),
      filter: ({ dy, ct }, { attrs, avals }) => filterGradient(ct, dy!, avals.filter!.shape, attrs),
    },
    {
      shape: ({ attrs }): Aval => ({ shape: attrs.inputShape, dtype: 'float32' }),
      broken: (backend, inputs, attrs) =>
        (kernel === 'Conv3DBackpropInputV2' && backend === 'wasm') ||
        isElsewhere(kernel, backend, inputs, attrs) ||
        (kernel === INPUT_GRADIENT && !isOurs(backend, inputs, attrs)) ||
        (kernel !== INPUT_GRADIENT && mustPad(backend, attrs, attrs.inputShape, inputs.filter!.shape)),
      polyfill: ({ dy, filter }: { dy: Tensor; filter: Tensor }, attrs) =>
        isChannelsFirst(attrs) || isElsewhere(kernel, getBackend(), { dy, filter }, attrs)
          ? inputGradient(dy, filter, attrs.inputShape, attrs)
          : compute(dy, filter, attrs),
    },
  );
}

const isOurs = (backend: string, inputs: Named<Aval>, attrs: Attrs): boolean =>
  isBlockInputGradient(backend, inputs, attrs) || isInShader(INPUT_GRADIENT, backend, inputs, attrs);

/** Whether our own kernel takes the call of another. */
function isElsewhere(kernel: string, backend: string, inputs: Named<Aval>, attrs: Attrs): boolean {
  return kernel !== INPUT_GRADIENT && isOurs(backend, inputs, attrs);
}

function compute(dy: Tensor, filter: Tensor, attrs: Attrs): Tensor {
  const axes = convAxes(attrs.inputShape, filter.shape, attrs);
  if (
    axes.every(({ stride }) => stride === 1) &&
    isWide(getBackend(), attrs.inputShape, filter.shape, attrs)
  ) {
    const [m] = filter.shape.slice(-1) as [number];
    const rows = matMulT(reshape(dy, [-1, m]), reshape(filter, [-1, m]), false, true);
    return fold(rows, attrs.inputShape, filter.shape, attrs);
  }
  const native = nativeKernel(axes);
  if (native && mustPad(getBackend(), attrs, attrs.inputShape, filter.shape)) {
    const dx = inputGradient(dy, filter, paddedShape(attrs.inputShape, axes), withoutPadding(attrs));
    return unpadded(dx, axes);
  }
  if (native) {
    const { strides, pad, dimRoundingMode, inputShape } = attrs;
    return runKernel(
      native,
      { dy, filter },
      { strides, pad, dimRoundingMode, inputShape, dataFormat: 'NHWC' },
    );
  }
  return inputGradientOfConvs(dy, filter, attrs.inputShape, axes);
}

/** Composed of forward convolutions. */
export function inputGradientOfConvs(
  dy: Tensor,
  filter: Tensor,
  inputShape: readonly number[],
  axes: Axis[],
): Tensor {
  return inputShape.length === 5 || axes.every(({ stride }) => stride === 1)
    ? flippedConv(spread(dy, axes), filter, axes)
    : subpixelConv(dy, filter, axes);
}

/**
 * The backend's own kernel where it serves: without dilation, and not on wasm, where in two dimensions a forward convolution runs
 * ten times faster (32 -> 16 channels, 32 x 32, batch 32: 98 ms against 8 ms), and in three the kernel adds to what its memory happens to hold.
 */
function nativeKernel(axes: Axis[]): string | undefined {
  if (axes.some(({ dilation }) => dilation > 1)) return undefined;
  if (getBackend() === 'wasm') return undefined;
  const name = axes.length === 3 ? 'Conv3DBackpropInputV2' : 'Conv2DBackpropInput';
  return getKernel(name, getBackend()) ? name : undefined;
}

/** With the strides undone, the transposed convolution is a convolution with the filter flipped in space and its channels exchanged. */
function flippedConv(dy: Tensor, filter: Tensor, axes: Axis[]): Tensor {
  const d = axes.length;
  const spatial = axes.map((_, i) => i);
  return convPadded(dy, transpose(flipped(filter, d), [...spatial, d + 1, d]), {
    padding: axes.map((axis) => [
      extent(axis) - 1 - axis.before,
      axis.size + axis.before - axis.out * axis.stride,
    ]),
    dilations: axes.map(({ dilation }) => dilation),
  });
}

/**
 * With stride s the inputs q + before = s u + r of one phase r see only the taps k = s t + r, as dx[s u + r] = sum_t dy[u - t] w[s t + r]^T.
 * All phases are one convolution of dy with s times as many channels along each axis, which are then interleaved.
 */
function subpixelConv(dy: Tensor, filter: Tensor, axes: Axis[]): Tensor {
  const [h, w] = axes.map(phases) as [Phases, Phases];
  const [kh, kw, c, m] = filter.shape as [number, number, number, number];
  const padded = pad(filter, [
    [0, h.taps * h.count - kh],
    [0, w.taps * w.count - kw],
    [0, 0],
    [0, 0],
  ]);
  // [t, r, t', r', c, m] -> [t, t', m, r, r', c], in two steps: wasm has fast transpositions up to rank 4 only.
  const taps = transpose(reshape(padded, [h.taps, h.count, w.taps, w.count * c * m]), [0, 2, 1, 3]);
  const channels = h.count * w.count * c;
  const byPhase = transpose(reshape(taps, [h.taps * w.taps, channels, m]), [0, 2, 1]);
  const phaseFilter = flipped(reshape(byPhase, [h.taps, w.taps, m, channels]), 2);
  const v = convPadded(dy, phaseFilter, { padding: [h.padding, w.padding] });
  // [n, U, V, r, r', c] -> [n, U r, V r', c], with zeros for the phases that no tap reaches.
  const [n, u1, u2] = v.shape as [number, number, number];
  const cells = reshape(v, [n * u1, u2, h.count, w.count * c]);
  const all =
    h.count === h.stride && w.count === w.stride
      ? cells
      : pad(cells, [
          [0, 0],
          [0, 0],
          [0, h.stride - h.count],
          [0, (w.stride - w.count) * c],
        ]);
  const image = reshape(transpose(all, [0, 2, 1, 3]), [n, u1 * h.stride, u2 * w.stride, c]);
  return slice(image, [0, h.start, w.start, 0], [n, axes[0]!.size, axes[1]!.size, c]);
}

interface Phases {
  stride: number;
  /** How many phases have taps. */
  count: number;
  /** Taps of each phase. */
  taps: number;
  padding: [number, number];
  /** Where the input begins within the interleaved result. */
  start: number;
}

function phases({ size, out, taps, stride, before }: Axis): Phases {
  const perPhase = Math.ceil(taps / stride);
  const first = Math.floor(before / stride);
  const last = Math.floor((before + size - 1) / stride);
  return {
    stride,
    count: Math.min(taps, stride),
    taps: perPhase,
    padding: [perPhase - 1 - first, last - out + 1],
    start: before - first * stride,
  };
}

function batch({ inputs: { dy, filter }, size, attrs }: BatchCall): Tensor | undefined {
  if (isChannelsFirst(attrs)) return undefined;
  const [n, ...rest] = attrs.inputShape as [number, ...number[]];
  if (!filter!.batched) {
    return splitBatch(inputGradient(mergeBatch(dy!.value), filter!.value, [size * n, ...rest], attrs), size);
  }
  const space = rest.slice(0, -1);
  const c = rest.at(-1)!;
  if (!dy!.batched) {
    const stacked = mergeInto(filter!.value, space.length);
    const dx = inputGradient(dy!.value, stacked, [n, ...space, size * c], attrs);
    return splitFrom(dx, space.length + 1, size);
  }
  if (space.length !== 2) return undefined;
  const filterShape = filter!.value.shape.slice(1);
  const m = filterShape[3]!;
  const rows = reshape(dy!.value, [size, -1, m]);
  const patches = matMulT(rows, reshape(filter!.value, [size, -1, m]), false, true);
  const dx = fold(reshape(patches, [-1, patches.shape[2]!]), [size * n, ...rest], filterShape, attrs);
  return splitBatch(dx, size);
}

export const batching: Batching = () => ({
  [INPUT_GRADIENT]: batch,
  Conv2DBackpropInput: batch,
  Conv3DBackpropInputV2: batch,
});
