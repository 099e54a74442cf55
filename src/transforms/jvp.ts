import { Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { withDefaults, describeAval, describeValue } from '../core/errors';
import { handOver } from '../core/holdings';
import { withScope } from '../core/engine';
import { toFloat, toTensor } from '../core/values';
import { ForwardTrace } from '../interpreters/forward';
import { flatten, unflatten } from '../tree';
import { argumentPath, checkFunction, label, refusePromise, splitAux } from './arguments';
import { flattenOutput } from './output';
import { transformed } from './results';
import type { AnyArgs, Given, Values } from './types';

/** Tangents have the structure of the primals; numbers stand for scalars. */
export type TangentsOf<A extends AnyArgs> = { readonly [K in keyof A]: Given<A[K]> };

/**
 * Push-forward: the value of a function and the derivative of its output along tangents of its arguments.
 *
 * @param f        maps pytrees of float tensors to a pytree
 * @param primals  array of the arguments
 * @param tangents array of tangents, each of its argument's structure and shapes
 * @returns `[y, dy]`, both with the structure of f's output; `[y, dy, aux]` with `hasAux`
 * @throws TypeError where primals and tangents differ in structure or are not float; RangeError where a shape differs
 * @example
 * ```ts
 * jvp((x: tf.Tensor) => tf.mul(x, tf.mul(x, x)), [tf.scalar(3)], [tf.scalar(4)]); // [27, 108]
 * ```
 */
export function jvp<A extends AnyArgs, Y, X>(
  f: (...args: A) => readonly [Y, X],
  primals: readonly [...A],
  tangents: TangentsOf<A>,
  options: { hasAux: true },
): [Values<Y>, Values<Y>, X];
export function jvp<A extends AnyArgs, Y>(
  f: (...args: A) => Y,
  primals: readonly [...A],
  tangents: TangentsOf<A>,
  options?: { hasAux?: false },
): [Values<Y>, Values<Y>];
export function jvp(
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  tangents: readonly unknown[],
  options: { hasAux?: boolean } = {},
): unknown[] {
  checkFunction('jvp', f);
  const { hasAux } = withDefaults('jvp', options, { hasAux: false });
  return pushAlong('jvp', label('jvp', f), f, primals, tangents, hasAux);
}

/** `jvp` under another transformation's name, for messages. */
export function pushAlong(
  transform: string,
  name: string,
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  tangents: readonly unknown[],
  hasAux: boolean,
): unknown[] {
  if (!Array.isArray(primals) || !Array.isArray(tangents)) {
    throw new TypeError(
      `${name}: primals and tangents must be arrays with one entry per argument, got ${describeValue(primals)} and ${describeValue(tangents)}.`,
    );
  }
  return transformed(name, () => {
    const given = flatten(primals);
    const along = flatten(tangents);
    if (!given.structure.equals(along.structure)) {
      throw new TypeError(
        `${name}: primals and tangents must have the same tree structure, got ${given.structure} and ${along.structure}.`,
      );
    }
    const xs = given.leaves.map((leaf, i) =>
      toFloat(leaf, () => `${name}: ${argumentPath(primals, i)}`, transform),
    );
    const vs = along.leaves.map((leaf, i) =>
      checkTangent(name, xs[i]!, leaf, () => argumentPath(primals, i)),
    );
    const call = f as (...args: unknown[]) => unknown;
    return pushForward(
      name,
      xs,
      vs,
      (duals) => call(...(unflatten(given.structure, duals) as unknown[])),
      hasAux,
    );
  });
}

function checkTangent(name: string, primal: Tensor, leaf: unknown, path: () => string): Tensor {
  const tangent = toTensor(leaf, () => `${name}: the tangent of ${path()}`);
  if (tangent.rank !== primal.rank || tangent.shape.some((d, k) => d !== primal.shape[k])) {
    throw new RangeError(
      `${name}: primal and tangent shapes must be equal, got [${primal.shape.join(',')}] and [${tangent.shape.join(',')}] for ${path()}.`,
    );
  }
  if (tangent.dtype !== primal.dtype) {
    throw new TypeError(
      `${name}: primal and tangent types must be equal, got ${describeAval(primal)} and ${describeAval(tangent)} for ${path()}.`,
    );
  }
  return tangent;
}

/** Runs `body` on duals of primals and tangents; `[y, dy]` or `[y, dy, aux]` in the caller's scope. */
function pushForward(
  name: string,
  primals: Tensor[],
  tangents: (Tensor | null)[],
  body: (duals: Tensor[]) => unknown,
  hasAux: boolean,
): unknown[] {
  const trace = new ForwardTrace(name);
  try {
    const claims = withScope(name, () => {
      const result = body(primals.map((x, i) => trace.dual(x, tangents[i] ?? null)));
      refusePromise(name, result);
      const [out, aux] = hasAux ? splitAux(name, result) : [result, null];
      const y = flattenOutput(name, out);
      const duals = y.leaves.map((leaf) => trace.output(leaf));
      const extra = flatten(aux);
      return {
        structure: y.structure,
        auxStructure: extra.structure,
        values: duals.map(({ value }) => trace.holdings.hold(value)),
        tangents: duals.map(({ value, tangent }) => trace.holdings.hold(tangent ?? zerosLike(value))),
        aux: extra.leaves.map((leaf) =>
          leaf instanceof Tensor ? trace.holdings.hold(trace.output(leaf).value) : leaf,
        ),
      };
    });
    const take = (held: unknown[]): unknown[] =>
      held.map((t) => {
        if (!(t instanceof Tensor)) return t;
        const own = trace.holdings.take(t);
        handOver([own]);
        return own;
      });
    const y = unflatten(claims.structure, take(claims.values));
    const dy = unflatten(claims.structure, take(claims.tangents));
    return hasAux ? [y, dy, unflatten(claims.auxStructure, take(claims.aux))] : [y, dy];
  } finally {
    trace.dispose();
  }
}
