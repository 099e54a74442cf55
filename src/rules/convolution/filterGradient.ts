import { getBackend, getKernel, reshape, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { provideInPlace, worksInPlace } from '../../core/inPlace';
import { runKernel } from '../../core/kernel';
import type { Attrs, Aval, BatchCall, Batching, Named } from '../../core/rule';
import { mergeBatch } from '../families/batching';
import { bilinear } from '../families/bilinear';
import { mergeInto, splitFrom } from '../families/mappedAxis';
import { matMulT } from '../families/matMulT';
import { filterGradientInPlace } from './filterGradientKernel';
import { after, convAxes, isPointwise, type Axis } from './geometry';
import { isChannelsFirst } from './layout';
import { mustPad, padded, withoutPadding } from './numericPadding';
import { conv, convPadded, FILTER_GRADIENT, filterGradient, inputGradient } from './primitives';
import { isInShader } from './shaders';
import { unfold } from './unfold';
import { isWide } from './wideFilter';

provideInPlace(FILTER_GRADIENT, ({ x, dy }, attrs, backend) =>
  filterGradientInPlace(x!, dy!, attrs, backend),
);

// dw[k] = sum over examples and outputs p of x[p * stride + k * dilation - before]^T dy[p]
// tfjs's own kernels appear where a backend computes with them, or where tf.grad calls them.
for (const kernel of [FILTER_GRADIENT, 'Conv2DBackpropFilter', 'Conv3DBackpropFilterV2']) {
  bilinear(
    kernel,
    {
      x: ({ dy, ct }, { attrs, avals }) => inputGradient(dy!, ct, avals.x!.shape, attrs),
      dy: ({ x, ct }, { attrs }) => conv(x!, ct, attrs),
    },
    {
      shape: ({ attrs }): Aval => ({ shape: attrs.filterShape, dtype: 'float32' }),
      broken: (backend, inputs, attrs) =>
        (kernel === FILTER_GRADIENT ? !isOurs(backend, inputs, attrs) : backend === 'wasm') ||
        (kernel !== FILTER_GRADIENT && mustPad(backend, attrs, inputs.x!.shape, attrs.filterShape)),
      polyfill: ({ x, dy }: { x: Tensor; dy: Tensor }, attrs) =>
        kernel !== FILTER_GRADIENT && (isChannelsFirst(attrs) || isOurs(getBackend(), { x, dy }, attrs))
          ? filterGradient(x, dy, attrs.filterShape, attrs)
          : compute(x, dy, attrs),
    },
  );
}

/** Whether our own kernel takes the call: see filterGradientKernel.ts and shaders.ts. */
function isOurs(backend: string, inputs: Named<Aval>, attrs: Attrs): boolean {
  const { x } = inputs;
  const isInPlace = worksInPlace(backend) && x!.shape.length === 4 && !isChannelsFirst(attrs);
  if (!isInPlace && !isInShader(FILTER_GRADIENT, backend, inputs, attrs)) return false;
  return !convAxes(x!.shape, attrs.filterShape, attrs).every(isPointwise);
}

function compute(x: Tensor, dy: Tensor, attrs: Attrs): Tensor {
  const { strides, pad, dimRoundingMode, filterShape } = attrs;
  const axes = convAxes(x.shape, filterShape, attrs);
  if (axes.every(isPointwise)) return ofPatches(reshape(x, [-1, filterShape.at(-2)]), dy, filterShape);
  if (isWide(getBackend(), x.shape, filterShape, attrs))
    return ofPatches(unfold(x, filterShape, attrs), dy, filterShape);
  const native = nativeKernel(axes);
  if (native && mustPad(getBackend(), attrs, x.shape, filterShape))
    return filterGradient(padded(x, axes), dy, filterShape, withoutPadding(attrs));
  if (native)
    return runKernel(native, { x, dy }, { strides, pad, dimRoundingMode, filterShape, dataFormat: 'NHWC' });
  return convOfTransposed(x, dy, axes);
}

/**
 * The backend's own kernel where it serves: without dilation, and not in two dimensions on cpu, where a forward convolution runs
 * fifty times faster (32 -> 16 channels, 32 x 32, batch 4: 1800 ms against 42 ms). wasm has none in two dimensions, and its one in three adds to
 * what its memory happens to hold (tfjs 4.22).
 */
function nativeKernel(axes: Axis[]): string | undefined {
  if (axes.some(({ dilation }) => dilation > 1)) return undefined;
  const name = axes.length === 3 ? 'Conv3DBackpropFilterV2' : 'Conv2DBackpropFilter';
  if (getBackend() === 'wasm' || (axes.length === 2 && getBackend() === 'cpu')) return undefined;
  return getKernel(name, getBackend()) ? name : undefined;
}

/** A 1 x 1 convolution is a product of matrices, and any of the unfolded image. */
function ofPatches(patches: Tensor, dy: Tensor, filterShape: number[]): Tensor {
  return reshape(matMulT(patches, reshape(dy, [-1, filterShape.at(-1)!]), true), filterShape);
}

/** A convolution of the image with the cotangent: channels take the place of examples, examples that of channels, and strides that of dilations. */
export function convOfTransposed(x: Tensor, dy: Tensor, axes: Axis[]): Tensor {
  const d = axes.length;
  const space = axes.map((_, i) => i + 1);
  const dw = convPadded(transpose(x, [d + 1, ...space, 0]), transpose(dy, [...space, 0, d + 1]), {
    padding: axes.map((axis) => [axis.before, after(axis)]),
    strides: axes.map(({ dilation }) => dilation),
    dilations: axes.map(({ stride }) => stride),
  });
  return transpose(dw, [...space, 0, d + 1]);
}

function batch({ inputs: { x, dy }, size, attrs }: BatchCall): Tensor | undefined {
  if (isChannelsFirst(attrs)) return undefined;
  const { filterShape } = attrs as unknown as { filterShape: number[] };
  const space = filterShape.slice(0, -2);
  const [c, m] = filterShape.slice(-2) as [number, number];
  const d = space.length;
  if (!dy!.batched) {
    const dw = filterGradient(mergeInto(x!.value, d + 1), dy!.value, [...space, size * c, m], attrs);
    return splitFrom(dw, d, size);
  }
  if (!x!.batched) {
    const dw = filterGradient(x!.value, mergeInto(dy!.value, d + 1), [...space, c, size * m], attrs);
    return splitFrom(dw, d + 1, size);
  }
  if (d !== 2) return undefined;
  const patches = reshape(unfold(mergeBatch(x!.value), filterShape, attrs), [
    size,
    -1,
    space[0]! * space[1]! * c,
  ]);
  return reshape(matMulT(patches, reshape(dy!.value, [size, -1, m]), true), [size, ...filterShape]);
}

export const batching: Batching = () => ({
  [FILTER_GRADIENT]: batch,
  Conv2DBackpropFilter: batch,
  Conv3DBackpropFilterV2: batch,
});
