import { cast, scalar, Tensor } from '@tensorflow/tfjs-core';
import { withScope } from '../../core/engine';
import { checkNumbers } from '../../core/numbers';
import { toTensor } from '../../core/values';

/** A value that depends on the number of updates made so far: an int32 scalar in an optimizer, a number where a user asks. */
export type Schedule = (count: Tensor | number) => Tensor | number;

/** A schedule of this library always returns a float32 scalar. */
export type TensorSchedule = (count: Tensor | number) => Tensor;

/**
 * Wraps a formula on float32 counts: only its result is left, in the caller's scope.
 *
 * @param numbers what the formula is made of, by name
 * @throws TypeError, RangeError where one of them, or the count, is no finite number
 */
export function schedule(
  name: string,
  numbers: Readonly<Record<string, number>>,
  formula: (count: Tensor) => Tensor,
): TensorSchedule {
  checkNumbers(name, numbers);
  return (count) => {
    if (count instanceof Tensor) toTensor(count, `${name}: count`);
    else checkNumbers(name, { count });
    return withScope(
      name,
      () => formula(typeof count === 'number' ? scalar(count, 'float32') : cast(count, 'float32')),
      (value) => [value],
    );
  };
}
