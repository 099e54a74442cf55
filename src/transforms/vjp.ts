import type { Tensor } from '@tensorflow/tfjs-core';
import { describeAval } from '../core/errors';
import { toTensor } from '../core/values';
import { assertSameStructure, flatten, leavesWithPath, unflatten } from '../tree';
import { derivativeAt, untilDisposed } from './derivativeAt';
import type { ReverseRun } from './reverse';
import type { AnyArgs, Cotangents, Given, Values } from './types';

/** Maps a cotangent of the output to one cotangent per primal; callable often. */
export interface Pullback<A extends AnyArgs, Y> {
  (ct: Given<Y>): { [K in keyof A]: Cotangents<A[K]> };
  /** Frees what the forward pass kept. Inside a tidy scope this happens by itself at the scope's end. */
  dispose(): void;
}

/**
 * Value of a function and its pullback: the vector-Jacobian product at the primals.
 *
 * @param f maps pytrees of float tensors to a pytree of tensors of any shapes
 * @returns `[y, pullback]`; `pullback(ct)` returns an array with one cotangent per primal, of the primal's structure and shapes
 * @throws TypeError where a primal's leaf is not float, or a cotangent has another structure than y;
 *   RangeError where a cotangent's leaf has another shape; Error after `pullback.dispose()`
 * @example
 * ```ts
 * const [y, pullback] = vjp((x: tf.Tensor, y: tf.Tensor) => tf.mul(x, y), tf.scalar(3), tf.scalar(4));
 * y; // 12
 * pullback(1); // [4, 3]
 * pullback.dispose();
 * ```
 */
export function vjp<A extends AnyArgs, Y>(f: (...args: A) => Y, ...primals: A): [Values<Y>, Pullback<A, Y>] {
  const { value, pullback } = differentiate('vjp', f, primals, false);
  return [value as Values<Y>, pullback as Pullback<A, Y>];
}

/**
 * As {@link vjp}, for a function that returns `[y, aux]`: only y is differentiated, aux is handed through.
 *
 * @returns `[y, pullback, aux]`
 * @example
 * ```ts
 * const [y, pullback, aux] = vjpWithAux((x: tf.Tensor) => [tf.square(x), { twice: tf.mul(2, x) }] as const, tf.scalar(3));
 * [y, aux]; // [9, { twice: 6 }]
 * ```
 */
export function vjpWithAux<A extends AnyArgs, Y, X>(
  f: (...args: A) => readonly [Y, X],
  ...primals: A
): [Values<Y>, Pullback<A, Y>, X] {
  const { value, pullback, aux } = differentiate('vjpWithAux', f, primals, true);
  return [value as Values<Y>, pullback as Pullback<A, Y>, aux as X];
}

function differentiate(
  transform: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  hasAux: boolean,
): { value: unknown; aux: unknown; pullback: Pullback<AnyArgs, unknown> } {
  const derivative = derivativeAt(transform, f, args, hasAux);
  const { name, value, aux, structure, run } = derivative;
  const pullback = untilDisposed(derivative, 'pullback', (...given) => {
    if (given.length !== 1) {
      throw new TypeError(
        `The pullback of ${name} was called with ${given.length} arguments; it takes a single cotangent with the structure of the output.`,
      );
    }
    return unflatten(structure, run.pull(checkCotangent(name, given[0], run), false));
  });
  return { value, aux, pullback: pullback as unknown as Pullback<AnyArgs, unknown> };
}

function checkCotangent(name: string, ct: unknown, { outputs, structure }: ReverseRun): Tensor[] {
  assertSameStructure(structure, ct, `The pullback of ${name}: cotangent`);
  const paths = leavesWithPath(ct);
  return flatten(ct).leaves.map((leaf, i) => {
    const path = paths[i]![0];
    const where = `The pullback of ${name}: cotangent${path ? ` at "${path}"` : ''}`;
    const tensor = toTensor(leaf, where);
    const output = outputs[i]!;
    if (tensor.shape.length !== output.shape.length || tensor.shape.some((d, k) => d !== output.shape[k])) {
      throw new RangeError(
        `${where} has shape [${tensor.shape.join(',')}], but the output has shape [${output.shape.join(',')}].`,
      );
    }
    if (output.edge && tensor.dtype !== output.dtype) {
      throw new TypeError(
        `${where} has type ${describeAval(tensor)}, but the output is ${describeAval(output)}.`,
      );
    }
    return tensor;
  });
}
