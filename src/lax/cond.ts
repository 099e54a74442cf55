import { cast, maximum, minimum, notEqual, scalar, Tensor } from '@tensorflow/tfjs-core';
import { describeAval, describeValue } from '../core/errors';
import { Jitted } from '../jit/jitted';
import { checkFunction, label } from '../transforms/arguments';
import { isJitDisabled } from '../transforms/disableJit';
import { transformed } from '../transforms/results';
import { unflatten } from '../tree';
import { assertSameTree, captureBody, toTree } from './body';
import { condKernel } from './primitives/cond';
import { unified } from './primitives/unified';

/**
 * `trueFn(...operands)` or `falseFn(...operands)`, as data say. Both are traced, one runs; under a `vmap` that maps the predicate, and on
 * backends that can't read it at once (webgpu), both run and the results are selected.
 *
 * @param pred a boolean, a number, or a scalar tensor; true is what is not zero
 * @throws TypeError, RangeError where the branches' results differ in structure, types or shapes
 * @example
 * ```ts
 * lax.cond(tf.greater(4, 0), (x: tf.Tensor) => tf.sqrt(x), (x: tf.Tensor) => tf.zerosLike(x), tf.scalar(4)); // 2
 * ```
 */
export function cond<A extends unknown[], Y>(
  pred: boolean | number | Tensor,
  trueFn: (...operands: A) => Y,
  falseFn: (...operands: A) => Y,
  ...operands: A
): Y {
  checkFunction('lax.cond', trueFn);
  checkFunction('lax.cond', falseFn);
  const name = label('lax.cond', trueFn);
  return transformed(name, () => choose(name, truth(name, pred), [falseFn, trueFn], operands) as Y);
}

/**
 * One of several functions of the operands, by index, which is clamped to their range.
 *
 * @param index a whole number or an int32 scalar
 * @throws TypeError, RangeError where the index is neither, or the branches' results differ in structure, types or shapes
 * @example
 * ```ts
 * lax.switch(1, [(x: tf.Tensor) => tf.neg(x), (x: tf.Tensor) => tf.square(x)], tf.scalar(3)); // 9
 * ```
 */
export function switchCase<A extends unknown[], Y>(
  index: number | Tensor,
  branches: readonly ((...operands: A) => Y)[],
  ...operands: A
): Y {
  if (!Array.isArray(branches) || branches.length === 0)
    throw new TypeError(`lax.switch: expected an array of functions, got ${describeValue(branches)}.`);
  for (const branch of branches) checkFunction('lax.switch', branch);
  const name = label('lax.switch', branches[0]);
  return transformed(name, () => {
    const chosen = Number.isInteger(index) ? scalar(index as number, 'int32') : index;
    if (!(chosen instanceof Tensor) || chosen.dtype !== 'int32' || chosen.rank !== 0) {
      throw new TypeError(
        `${name}: the index must be a whole number or an int32 scalar, got ${describeValue(index)}.`,
      );
    }
    // wasm's ClipByValue is wrong for int32.
    const clamped = maximum(minimum(chosen, scalar(branches.length - 1, 'int32')), scalar(0, 'int32'));
    return choose(name, clamped, branches, operands) as Y;
  });
}

function truth(name: string, pred: unknown): Tensor {
  if (typeof pred === 'boolean' || typeof pred === 'number')
    return scalar(Number(pred) === 0 ? 0 : 1, 'int32');
  if (!(pred instanceof Tensor))
    throw new TypeError(`${name}: pred must be a boolean, a number or a scalar, got ${describeValue(pred)}.`);
  if (pred.rank !== 0) throw new RangeError(`${name}: pred must be a scalar, got ${describeAval(pred)}.`);
  return cast(pred.dtype === 'bool' ? pred : notEqual(pred, scalar(0, pred.dtype)), 'int32');
}

function choose(
  name: string,
  index: Tensor,
  branches: readonly ((...operands: never[]) => unknown)[],
  operands: unknown[],
): unknown {
  const { tree, leaves } = toTree(`${name}: operands`, operands);
  const call = (branch: (...operands: never[]) => unknown, tensors: Tensor[]): unknown =>
    branch(...(unflatten(tree.structure, tensors) as never[]));
  if (isJitDisabled()) return call(branches[index.dataSync()[0]!]!, leaves);
  const bodies = branches.map((branch) =>
    captureBody(name, tree.avals, (tracers) => [call(branch, tracers)]),
  );
  try {
    const [first] = bodies[0]!.trees;
    for (const { trees } of bodies.slice(1)) assertSameTree(name, "the branches' result", first!, trees[0]!);
    const { programs, constants } = unified(bodies);
    const outputs = condKernel(
      index,
      [...constants, ...leaves],
      programs.map((program) => new Jitted(name, program)),
    );
    return unflatten(first!.structure, outputs);
  } finally {
    for (const body of bodies) body.dispose();
  }
}
