import { checkFunction, refusePromise } from './arguments';

let depth = 0;

/** Whether jitted functions run as they are written. */
export function isJitDisabled(): boolean {
  return depth > 0;
}

/**
 * Runs `body` with every jitted function in it called as it is written: nothing is traced, values can be read, and side effects happen at
 * each call. For debugging.
 *
 * @returns what body returns
 * @throws TypeError where body returns a promise: it would run on with jit at work again
 * @example
 * ```ts
 * const norm = jit((x: tf.Tensor) => {
 *   x.print();
 *   return tf.norm(x);
 * });
 * disableJit(() => norm(tf.tensor1d([3, 4]))); // prints values, returns 5
 * ```
 */
export function disableJit<T>(body: () => T): T {
  checkFunction('disableJit', body);
  depth++;
  try {
    const result = body();
    refusePromise('disableJit', result);
    return result;
  } finally {
    depth--;
  }
}
