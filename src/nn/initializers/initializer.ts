import { Tensor, util } from '@tensorflow/tfjs-core';
import { describeValue } from '../../core/errors';
import type { Key } from '../../random/keys';

/** Draws a parameter of a shape. */
export type Initializer = (key: Key, shape: readonly number[]) => Tensor;

/**
 * Inputs that each output sums over, and outputs that each input goes to: the last two axes are channels in and out, those before them
 * the kernel's positions.
 */
export function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2)
    throw new RangeError(
      `An initialiser by fan-in or fan-out needs a kernel with two axes or more, got shape [${shape.join(',')}].`,
    );
  const positions = shape.slice(0, -2).reduce((a, d) => a * d, 1);
  const [inputs, outputs] = shape.slice(-2) as [number, number];
  return { fanIn: positions * inputs, fanOut: positions * outputs };
}

/** @throws RangeError where what is drawn is no tensor of the shape */
export function drawn(name: string, init: Initializer, key: Key, shape: readonly number[]): Tensor {
  const t: unknown = init(key, shape);
  if (!(t instanceof Tensor) || !util.arraysEqual(t.shape, shape as number[]))
    throw new RangeError(
      `${name}: an initialiser must return a tensor of shape [${shape.join(',')}], got ${describeValue(t)}.`,
    );
  return t;
}
