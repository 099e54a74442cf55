import { cast, scalar, type Tensor } from '@tensorflow/tfjs-core';
import { withScope } from '../../core/engine';

/** A value that depends on the number of updates made so far: an int32 scalar in an optimizer, a number where a user asks. */
export type Schedule = (count: Tensor | number) => Tensor | number;

/** A schedule of this library always returns a float32 scalar. */
export type TensorSchedule = (count: Tensor | number) => Tensor;

/** Wraps a formula on float32 counts: only its result is left, in the caller's scope. */
export function schedule(name: string, formula: (count: Tensor) => Tensor): TensorSchedule {
  return (count) =>
    withScope(
      name,
      () => formula(typeof count === 'number' ? scalar(count, 'float32') : cast(count, 'float32')),
      (value) => [value],
    );
}

/** @throws RangeError where a number of steps is not positive */
export function checkSteps(name: string, what: string, steps: number): void {
  if (!(steps > 0 && steps < Infinity))
    throw new RangeError(`${name}: ${what} must be positive and finite, got ${steps}.`);
}
