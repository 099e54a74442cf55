import { zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults, describeAval, describeValue } from '../core/errors';
import { isDifferentiable } from '../core/rule';
import { toTensor } from '../core/values';
import { transposed } from '../interpreters/transposed';
import { assertSameStructure, unflatten, type TreeDef } from '../tree';
import { checkFunction, label, refusePromise } from './arguments';
import { chooseArguments } from './chosen';
import { flattenOutput } from './output';
import { transformed } from './results';
import { callCustomDerivative, type CustomDerivative } from '../interpreters/customDerivative';
import type { AnyArgs, Cotangents, Given, Values } from './types';

export interface CustomJvpRules<A extends AnyArgs, Y> {
  /** Maps arrays of primals and tangents to `[y, dy]`; dy must be linear in the tangents. */
  jvp: (
    primals: { [K in keyof A]: Values<A[K]> },
    tangents: { [K in keyof A]: Cotangents<A[K]> },
  ) => readonly [Given<Y>, Given<Y>];
  nondiffArgnums?: undefined;
}

export interface CustomJvpRulesWithStatics<Y> {
  /** As without nondiffArgnums, but these arguments come first, and primals and tangents are those of the others. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  jvp: (...args: any[]) => readonly [Given<Y>, Given<Y>];
  /** Arguments without a derivative. */
  nondiffArgnums: readonly number[];
}

/**
 * A function with a forward-mode derivative of its own. Reverse mode transposes it.
 *
 * @param f the function itself, used where nothing is differentiated
 * @param rules `jvp(primals, tangents)` returns `[y, dy]`
 * @throws TypeError where jvp is missing or does not return a pair
 * @example
 * ```ts
 * const logistic = customJvp((x: tf.Tensor) => tf.sigmoid(x), {
 *   jvp: ([x], [dx]) => {
 *     const y = tf.sigmoid(x);
 *     return [y, tf.mul(dx, tf.mul(y, tf.sub(1, y)))];
 *   },
 * });
 * grad(logistic)(tf.scalar(0)); // 0.25
 * ```
 */
export function customJvp<A extends AnyArgs, Y>(
  f: (...args: A) => Y,
  rules: CustomJvpRules<A, Y>,
): (...args: A) => Y;
export function customJvp<A extends AnyArgs, Y>(
  f: (...args: A) => Y,
  rules: CustomJvpRulesWithStatics<Y>,
): (...args: A) => Y;
export function customJvp<A extends AnyArgs, Y>(
  f: (...args: A) => Y,
  rules: CustomJvpRulesWithStatics<Y> | CustomJvpRules<A, Y>,
): (...args: A) => Y {
  checkFunction('customJvp', f);
  const name = label('customJvp', f);
  const { jvp, nondiffArgnums } = withDefaults(name, (rules ?? {}) as CustomJvpRulesWithStatics<Y>, {
    jvp: undefined,
    nondiffArgnums: [],
  });
  if (typeof jvp !== 'function')
    throw new TypeError(`No JVP defined for ${name}: give { jvp }, a function; got ${describeValue(jvp)}.`);
  return (...args) =>
    transformed(name, () => {
      const { fixed, leaves, structure, where, withLeaves } = chooseArguments(
        name,
        args,
        nondiffArgnums,
        'nondiffArgnums',
      );
      const inputs = leaves.map((leaf, i) => toTensor(leaf, () => where(i)));
      let out!: TreeDef;
      const flat = (y: unknown): Tensor[] => {
        const flatY = flattenOutput(name, y);
        out = flatY.structure;
        return flatY.leaves;
      };
      const push = (xs: Tensor[], vs: Tensor[]): { outputs: Tensor[]; tangents: Tensor[] } => {
        const result = jvp(...fixed, unflatten(structure, xs), unflatten(structure, vs)) as unknown;
        refusePromise(`${name}: jvp`, result);
        if (!Array.isArray(result) || result.length !== 2) {
          throw new TypeError(`${name}: jvp must return a pair [y, dy], got ${describeValue(result)}.`);
        }
        const outputs = flat(result[0]);
        const tangents = flattenOutput(name, result[1], 'the tangent of output');
        assertSameStructure(out, tangents.structure, `${name}: the tangent that jvp returned`);
        checkTangents(name, outputs, tangents.leaves);
        return { outputs, tangents: tangents.leaves };
      };
      const call: CustomDerivative = {
        name,
        primal: (xs) => flat(f(...(withLeaves(xs) as A))),
        forward: (xs) => ({ outputs: call.primal(xs), residuals: xs }),
        // The transpose of the tangent map at the primals.
        backward: (xs, cts) => transposed(name, xs, (vs) => push(xs, vs).tangents, cts),
        pushForward: (xs, vs) =>
          push(
            xs,
            vs.map((v, i) => v ?? zerosLike(xs[i]!)),
          ),
      };
      const outputs = callCustomDerivative(call, inputs);
      return unflatten(out, outputs) as Y;
    });
}

function checkTangents(name: string, outputs: Tensor[], tangents: Tensor[]): void {
  outputs.forEach((y, i) => {
    const dy = tangents[i]!;
    if (dy.rank !== y.rank || dy.shape.some((d, k) => d !== y.shape[k])) {
      throw new RangeError(
        `${name}: jvp returned an output of shape [${y.shape.join(',')}] with a tangent of shape [${dy.shape.join(',')}].`,
      );
    }
    if (isDifferentiable(y) && dy.dtype !== y.dtype) {
      throw new TypeError(
        `${name}: jvp returned an output ${describeAval(y)} with a tangent ${describeAval(dy)}.`,
      );
    }
  });
}
