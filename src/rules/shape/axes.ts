/** An axis of one example, negative ones counted from the end, as an axis of the batch. */
export function behindBatch(axis: number): number {
  return axis < 0 ? axis : axis + 1;
}

/** `list` with the element at `at` replaced. */
export function replaced<T>(list: readonly T[], at: number, value: T): T[] {
  return list.map((old, i) => (i === at ? value : old));
}
