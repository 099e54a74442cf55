import { add, div, mean, mul, rsqrt, square, sub, tensor1d, util, type Tensor } from '@tensorflow/tfjs-core';
import { engine } from '../core/engine';
import { runKernel } from '../core/kernel';
import { defineRule, type Attrs, type Aval, type Named, type ShapeCall } from '../core/rule';
import { broadcastLike, sumTo } from './families/broadcast';
import { inShape } from './families/inShape';
import { provideOnTensorFlow } from './tensorflow';

/*
 * Batch normalisation as a primitive: TensorFlow normalises in two passes over x what composed takes seven, and differentiates in three. Elsewhere, and
 * under what has no rule here, it is what it is composed of.
 */

const BATCH_NORM = 'BatchNorm';
const BATCH_NORM_GRAD = 'BatchNormGrad';

/** All but the channels of x: [n, h, w, c]. */
const AXES = [0, 1, 2];

/**
 * Normalises each channel by its mean and variance over all other axes: y = scale (x - mean) / sqrt(variance + epsilon) + offset.
 *
 * @param x      [..., c]
 * @param scale  [c], as offset
 * @returns y, mean and variance
 */
export function batchNorm(
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  epsilon: number,
): [y: Tensor, mean: Tensor, variance: Tensor] {
  const c = x.shape.at(-1)!;
  const images = x.rank === 4 ? x : inShape(x, [util.sizeFromShape(x.shape.slice(0, -1)), 1, 1, c]);
  const [y, ...moments] = normalize(images, scale, offset, { epsilon });
  return [inShape(y, x.shape), ...moments];
}

function normalize(x: Tensor, scale: Tensor, offset: Tensor, attrs: Attrs): [Tensor, Tensor, Tensor] {
  return runKernel<Tensor[]>(BATCH_NORM, { x, scale, offset }, attrs) as [Tensor, Tensor, Tensor];
}

/** TensorFlow's ops are for floats that there are, and nothing that a native tape knows. */
const broken = (_: string, { x }: Named<Tensor>): boolean =>
  engine().isTapeOn() || x!.size === 0 || x!.dtype !== 'float32';

/** One like x and two like the scale. */
const shape = ({ inputs }: ShapeCall): Aval[] =>
  [inputs.x!, inputs.scale!, inputs.scale!].map((input) => ({ shape: input.shape, dtype: 'float32' }));

const deviation = (variance: Tensor, { epsilon }: Attrs): Tensor => rsqrt(add(variance, epsilon));

defineRule(BATCH_NORM, {
  decompose: ({ x, scale, offset }: Record<'x' | 'scale' | 'offset', Tensor>, attrs) => {
    const center = mean(x, AXES);
    const centered = sub(x, center);
    const variance = mean(square(centered), AXES);
    // The scale meets the deviation first, which leaves one pass over x for both.
    return [add(mul(centered, mul(deviation(variance, attrs), scale)), offset), center, variance];
  },
  differentiate: ([x, scale, offset], attrs) => {
    const outputs = normalize(x!, scale!, offset!, attrs);
    return {
      outputs,
      residuals: [x!, scale!, outputs[1], outputs[2]],
      pullback: (residuals, cts) => pullback(residuals as [Tensor, Tensor, Tensor, Tensor], cts, attrs),
    };
  },
  shape,
  broken,
});

/** d mean = sum dx / n and d variance = 2 sum (x - mean) dx / n, beside what comes through y. */
function pullback(
  [x, scale, center, variance]: [Tensor, Tensor, Tensor, Tensor],
  [dy, dMean, dVariance]: (Tensor | null)[],
  attrs: Attrs,
): (Tensor | null)[] {
  const n = x.size / scale.size;
  const [throughY = null, dScale = null, dOffset = null] = dy
    ? runKernel<Tensor[]>(BATCH_NORM_GRAD, { dy, x, scale, mean: center, variance }, attrs)
    : [];
  const parts = [
    throughY,
    dMean && broadcastLike(div(dMean, n), x.shape),
    dVariance && mul(sub(x, center), mul(dVariance, 2 / n)),
  ].filter((part) => part !== null && part !== undefined);
  return [parts.length > 0 ? parts.reduce((a, b) => add(a, b)) : null, dScale, dOffset];
}

// With z = (x - mean) / sqrt(variance + epsilon): doffset = sum dy, dscale = sum z dy, dx = scale (dy - doffset / n - z dscale / n) / sqrt(variance + epsilon)
defineRule(BATCH_NORM_GRAD, {
  decompose: (
    { dy, x, scale, mean: center, variance }: Record<'dy' | 'x' | 'scale' | 'mean' | 'variance', Tensor>,
    attrs,
  ) => {
    const n = x.size / scale.size;
    const inverse = deviation(variance, attrs);
    const centered = sub(x, center);
    const dOffset = sumTo(dy, scale.shape);
    const dScale = mul(sumTo(mul(dy, centered), scale.shape), inverse);
    const slope = mul(scale, inverse);
    const dx = sub(
      mul(sub(dy, div(dOffset, n)), slope),
      mul(centered, mul(mul(slope, inverse), div(dScale, n))),
    );
    return [dx, dScale, dOffset];
  },
  shape,
  broken,
});

const TYPES = ['T', 'U'];

provideOnTensorFlow(BATCH_NORM, (run, { x, scale, offset }, attrs) => {
  // In training it takes no statistics. It gives, in this order: y, mean, variance over n - 1, mean, variance over n, nothing.
  const none = tensor1d([]);
  const inputs = [x!, scale!, offset!, none, none];
  const [y, center, other, again, variance, nothing] = run('FusedBatchNormV3', inputs, 6, TYPES, attrs);
  for (const t of [none, other, again, nothing]) t!.dispose();
  return [y!, center!, variance!];
});

provideOnTensorFlow(BATCH_NORM_GRAD, (run, { dy, x, scale, mean: center, variance }, attrs) => {
  const none = tensor1d([]);
  const inputs = [dy!, x!, scale!, center!, variance!, none];
  const [dx, dScale, dOffset, ...rest] = run('FusedBatchNormGradV3', inputs, 5, TYPES, attrs);
  for (const t of [none, ...rest]) t.dispose();
  return [dx!, dScale!, dOffset!];
});
