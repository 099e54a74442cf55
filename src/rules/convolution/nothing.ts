import { zeros, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs, Aval, Named, Rule, ShapeCall } from '../../core/rule';

type Replacement = Required<Pick<Rule, 'broken' | 'polyfill'>>;
type ShapeOf = (call: Pick<ShapeCall, 'inputs' | 'attrs'>) => Aval;

/**
 * Whether a result has no elements. Where no window fits into the image, XNNPACK writes past its result, and TensorFlow gives back what memory held
 * or refuses: zeros stand for kernels there, and for their gradients.
 */
export const isNothing = (shape: readonly number[]): boolean => shape.includes(0);

/** A rule's shape, with what replaces its kernel: where the result is nothing, and where `rest` says. */
export const orNothing = (shape: ShapeOf, rest: Replacement): Replacement & { shape: ShapeOf } => ({
  shape,
  broken: (backend, inputs: Named<Aval>, attrs) =>
    isNothing(shape({ inputs, attrs }).shape) || rest.broken(backend, inputs, attrs),
  polyfill: (inputs: Named<Tensor>, attrs: Attrs) => {
    const y = shape({ inputs, attrs }).shape;
    return isNothing(y) ? zeros([...y]) : rest.polyfill(inputs, attrs);
  },
});
