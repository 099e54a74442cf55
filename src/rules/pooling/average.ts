import {
  concat,
  div,
  getBackend,
  mul,
  ones,
  reshape,
  tensor,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import { defineRule, type Attrs, type BatchCall } from '../../core/rule';
import { depthwiseInputGradient } from '../convolution/primitives';
import { poolAxes, tiles, type Axis } from '../convolution/geometry';
import { orNothing } from '../convolution/nothing';
import { mustPad, padded, paddedShape, unpadded, withoutPadding } from '../convolution/numericPadding';
import { foldedBatch, mergeBatch, splitBatch } from '../families/batching';
import { linear } from '../families/linear';
import { asTold, like } from '../families/outputs';
import { AVG_POOL_SCATTER, avgPool, avgPoolScatter, pooled } from './primitives';

// The mean over the part of each window that lies within the image.
for (const kernel of ['AvgPool', 'AvgPool3D']) {
  linear(kernel, 'x', {
    transpose: (ct, { avals, attrs }) => avgPoolScatter(ct, avals.x!.shape, attrs),
    batch: foldedBatch,
    ...orNothing(pooled('x'), {
      broken: (backend, { x }, attrs) => mustPad(backend, attrs, x.shape),
      polyfill: ({ x }: { x: Tensor }, attrs) => {
        const axes = poolAxes(x.shape, attrs);
        const mean = avgPool(padded(x, axes), withoutPadding(attrs));
        return mul(mean, div(windowSize(axes), counts(axes)));
      },
    }),
  });
}

linear(AVG_POOL_SCATTER, 'dy', {
  transpose: (ct, { attrs }) => avgPool(ct, attrs),
  batch: ({ inputs, size, attrs }: BatchCall) => {
    const [n, ...rest] = attrs.inputShape as [number, ...number[]];
    return splitBatch(avgPoolScatter(mergeBatch(inputs.dy!.value), [size * n, ...rest], attrs), size);
  },
  shape: asTold('inputShape'),
  polyfill: ({ dy }: { dy: Tensor }, attrs) => scatter(dy, attrs),
});

// tfjs's own names. Its kernels divide by the whole window also where that crosses the border, so that they are not the transpose of
// the pooling that tfjs computes; TensorFlow's are. In two dimensions nothing here calls them, and the true transpose stands for them.
defineRule('AvgPoolGrad', {
  decompose: ({ dy, input }: { dy: Tensor; input: Tensor }, attrs) => avgPoolScatter(dy, input.shape, attrs),
});
linear('AvgPool3DGrad', 'dy', {
  transpose: (ct, { avals, attrs }) =>
    div(avgPool(ct, attrs), correction(poolAxes(avals.input!.shape, attrs))),
  batch: foldedBatch,
  shape: like('input', 'float32'),
});

function scatter(dy: Tensor, attrs: Attrs): Tensor {
  const inputShape = attrs.inputShape as number[];
  const axes = poolAxes(inputShape, attrs);
  if (axes.length === 3) return scatter3d(dy, axes, attrs);
  const shares = div(dy, counts(axes));
  if (axes.every(tiles)) return repeat(shares, axes);
  // Each entry goes to all taps: a depthwise convolution with ones, transposed.
  const filter = ones([...axes.map(({ taps }) => taps), inputShape.at(-1)!, 1]);
  return depthwiseInputGradient(shares, filter, inputShape, attrs);
}

function scatter3d(dy: Tensor, axes: Axis[], { inputShape, ...attrs }: Attrs): Tensor {
  if (mustPad(getBackend(), attrs, inputShape as number[])) {
    const shares = mul(dy, div(windowSize(axes), counts(axes)));
    const dx = avgPoolScatter(shares, paddedShape(inputShape as number[], axes), withoutPadding(attrs));
    return unpadded(dx, axes);
  }
  // The kernel asks for the input for the sake of its shape.
  return runKernel(
    'AvgPool3DGrad',
    { dy: mul(dy, correction(axes)), input: zeros(inputShape as number[]) },
    attrs,
  );
}

/** What turns the kernel AvgPool3DGrad into the transpose of AvgPool3D. */
function correction(axes: Axis[]): Tensor | number {
  if (getBackend() === 'tensorflow') return 1;
  const window = windowSize(axes);
  const covered = counts(axes);
  return typeof covered === 'number' ? window / covered : div(window, covered);
}

const windowSize = (axes: Axis[]): number => axes.reduce((product, { taps }) => product * taps, 1);

/** How many inputs each window covers: a scalar, or `[1, ...out, 1]` where windows cross the border. */
function counts(axes: Axis[]): Tensor | number {
  const perAxis = axes.map(({ size, out, taps, stride, before }) =>
    Array.from({ length: out }, (_, p) => {
      const start = p * stride - before;
      return Math.max(Math.min(start + taps, size) - Math.max(start, 0), 1);
    }),
  );
  if (perAxis.every((row, i) => row.every((count) => count === axes[i]!.taps))) {
    return windowSize(axes);
  }
  const products = perAxis.reduce((all, row) => all.flatMap((count) => row.map((n) => n * count)), [1]);
  return tensor(products, [1, ...axes.map(({ out }) => out), 1], 'float32');
}

/** Each entry, a whole tile of the image. */
function repeat(y: Tensor, axes: Axis[]): Tensor {
  const [n, h, w, c] = y.shape as [number, number, number, number];
  const [th, tw] = axes.map(({ taps }) => taps) as [number, number];
  const rows = reshape(copies(reshape(y, [n * h, w, c]), tw, 2), [n * h, w * tw * c]);
  return reshape(copies(rows, th, 1), [n, h * th, w * tw, c]);
}

// wasm's Tile and its resizing take several times as long.
function copies(x: Tensor, count: number, axis: number): Tensor {
  return count === 1 ? x : concat(new Array<Tensor>(count).fill(x), axis);
}
