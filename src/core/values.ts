import { scalar, Tensor } from '@tensorflow/tfjs-core';
import { describeAval, describeValue } from './errors';
import { isDifferentiable } from './rule';

/** A leaf as a tensor: numbers are float32 scalars. */
export function toTensor(leaf: unknown, where: string): Tensor {
  if (leaf instanceof Tensor) {
    leaf.throwIfDisposed();
    return leaf;
  }
  if (typeof leaf === 'number') return scalar(leaf, 'float32');
  throw new TypeError(`${where}: expected a tensor or a number, got ${describeValue(leaf)}.`);
}

/** A leaf as a tensor through which derivatives flow. */
export function toFloat(leaf: unknown, where: string, whatFor: string): Tensor {
  const tensor = toTensor(leaf, where);
  if (!isDifferentiable(tensor)) {
    throw new TypeError(`${where}: ${whatFor} requires float inputs, got ${describeAval(tensor)}.`);
  }
  return tensor;
}
