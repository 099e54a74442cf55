import type { Batched } from '../../core/rule';
import { exampleShape } from '../families/batching';

/** An axis of one example, negative ones counted from the end, as an axis of the batch. */
export function behindBatch(axis: number): number {
  return axis < 0 ? axis : axis + 1;
}

/** A value for each axis of one example, with `first` for the mapped axis in front. */
export function perAxis<T>(input: Batched, first: T, valueOf: (axis: number, length: number) => T): T[] {
  return [first, ...exampleShape(input).map((length, axis) => valueOf(axis, length))];
}

/** `list` with the element at `at` replaced. */
export function replaced<T>(list: readonly T[], at: number, value: T): T[] {
  return list.map((old, i) => (i === at ? value : old));
}
