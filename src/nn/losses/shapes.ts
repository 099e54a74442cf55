import { Tensor } from '@tensorflow/tfjs-core';
import { describeAval, describeValue } from '../../core/errors';
import { toTensor } from '../../core/values';

/** @throws TypeError where a value is no float32 tensor */
export function checkFloat(name: string, what: string, value: unknown): asserts value is Tensor {
  if (!(value instanceof Tensor) || value.dtype !== 'float32')
    throw new TypeError(`${name}: ${what} must be a float32 tensor, got ${describeValue(value)}.`);
  toTensor(value, `${name}: ${what}`);
}

/** @throws RangeError where two tensors differ in shape */
export function checkSameShape(
  name: string,
  a: Tensor,
  b: Tensor,
  [first, second]: readonly [string, string],
): void {
  if (a.shape.length !== b.shape.length || a.shape.some((d, i) => d !== b.shape[i])) {
    throw new RangeError(
      `${name}: ${first} and ${second} must have the same shape, got ${describeAval(a)} and ${describeAval(b)}.`,
    );
  }
}

/** Logits [..., k] and classes [...]. */
export function checkClasses(name: string, logits: unknown, labels: unknown): asserts labels is Tensor {
  checkFloat(name, 'logits', logits);
  if (!(labels instanceof Tensor) || labels.dtype !== 'int32')
    throw new TypeError(`${name}: labels must be an int32 tensor of classes, got ${describeValue(labels)}.`);
  toTensor(labels, `${name}: labels`);
  const lead = logits.shape.slice(0, -1);
  if (logits.rank === 0 || labels.rank !== lead.length || lead.some((d, i) => d !== labels.shape[i])) {
    throw new RangeError(
      `${name}: labels must have the shape of logits without the last axis, got ${describeAval(labels)} for logits ${describeAval(logits)}.`,
    );
  }
}
