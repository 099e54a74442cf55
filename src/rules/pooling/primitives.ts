import { zeros, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs, Aval, ShapeCall } from '../../core/rule';
import { poolAxes } from '../convolution/geometry';
import { isNothing } from '../convolution/nothing';

/*
 * Pooling is linear once it is known which entries each window takes. Its transpose, and for the maximum also the choice itself applied to
 * another image, are primitives of our own, for two and three spatial axes alike.
 */

/** Of each window of v the entry where x has its maximum, the first of equals: { v, x } -> y. */
export const MAX_POOL_SELECT = 'MaxPoolSelect';
/** Its transpose: adds each entry of dy up where its window of x has its maximum, { dy, x } -> dx. */
export const MAX_POOL_SCATTER = 'MaxPoolScatter';
/** The transpose of AvgPool and AvgPool3D: { dy } -> dx of shape `inputShape`. */
export const AVG_POOL_SCATTER = 'AvgPoolScatter';

/** The attributes that say how windows lie. */
export function poolAttrs({ filterSize, strides, pad, dimRoundingMode }: Attrs): Attrs {
  return { filterSize, strides, pad, dimRoundingMode };
}

export function maxPoolSelect(v: Tensor, x: Tensor, attrs: Attrs): Tensor {
  return runKernel(MAX_POOL_SELECT, { v, x }, poolAttrs(attrs));
}

export function maxPoolScatter(dy: Tensor, x: Tensor, attrs: Attrs): Tensor {
  if (isNothing(dy.shape)) return zeros(x.shape);
  return runKernel(MAX_POOL_SCATTER, { dy, x }, poolAttrs(attrs));
}

export function avgPoolScatter(dy: Tensor, inputShape: readonly number[], attrs: Attrs): Tensor {
  if (isNothing(dy.shape)) return zeros([...inputShape]);
  return runKernel(AVG_POOL_SCATTER, { dy }, { ...poolAttrs(attrs), inputShape });
}

export function avgPool(x: Tensor, attrs: Attrs): Tensor {
  return x.rank === 4
    ? runKernel('AvgPool', { x }, poolAttrs(attrs))
    : runKernel('AvgPool3D', { x }, { ...poolAttrs(attrs), dataFormat: 'NDHWC' });
}

/** What comes out of windows over an input. */
export const pooled =
  (input: string) =>
  ({ inputs, attrs }: Pick<ShapeCall, 'inputs' | 'attrs'>): Aval => {
    const { shape, dtype } = inputs[input]!;
    return { shape: [shape[0]!, ...poolAxes(shape, attrs).map(({ out }) => out), shape.at(-1)!], dtype };
  };
