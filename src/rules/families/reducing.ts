import { util, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs, Aval, BatchCall, Rule, ShapeCall } from '../../core/rule';
import { shiftAxes } from './batching';
import { broadcastLike } from './broadcast';
import { inShape } from './inShape';

/** The axes that a kernel reduces, sorted; an attribute left out means all. */
export function reducedAxes(axis: number | number[] | null | undefined, shape: readonly number[]): number[] {
  return util.parseAxisParam(axis as number[], shape as number[]).sort((i, j) => i - j);
}

/** The shape after a reduction, with ones in place of the reduced axes if they are kept. */
export function reducedShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  return keepDims
    ? shape.map((n, i) => (axes.includes(i) ? 1 : n))
    : shape.filter((_, i) => !axes.includes(i));
}

/** The result of a reduction with ones in place of the reduced axes, so that it broadcasts against the input. */
export function keepAxes(t: Tensor, shape: readonly number[], axes: readonly number[]): Tensor {
  return inShape(t, reducedShape(shape, axes, true));
}

/** The result of a reduction repeated along the reduced axes: the transpose of a sum. */
export function spread(t: Tensor, shape: readonly number[], axes: readonly number[]): Tensor {
  return broadcastLike(t, shape, reducedShape(shape, axes, true));
}

/**
 * Batching and shape of a reduction.
 *
 * @param axisAttr the attribute that names the axes
 * @param dtype    type of the output; the input's if absent
 */
export function reducing(
  axisAttr: 'axis' | 'reductionIndices',
  dtype?: (input: Aval['dtype']) => Aval['dtype'],
): Required<Pick<Rule, 'batch' | 'shape'>> {
  return {
    batch: ({ kernel, inputs, attrs }: BatchCall) => {
      const axes = shiftAxes((attrs as Attrs)[axisAttr], inputs.x!);
      return runKernel(kernel, { x: inputs.x!.value }, { ...attrs, [axisAttr]: axes });
    },
    shape: ({ inputs, attrs }: ShapeCall) => {
      const { shape, dtype: from } = inputs.x!;
      const axes = reducedAxes(attrs[axisAttr], shape);
      return { shape: reducedShape(shape, axes, attrs.keepDims ?? false), dtype: dtype ? dtype(from) : from };
    },
  };
}
