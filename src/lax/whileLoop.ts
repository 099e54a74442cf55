import { cast, notEqual, scalar, type Tensor } from '@tensorflow/tfjs-core';
import { describeAval } from '../core/errors';
import { Jitted } from '../jit/jitted';
import { checkFunction, label } from '../transforms/arguments';
import { isJitDisabled } from '../transforms/disableJit';
import { transformed } from '../transforms/results';
import { unflatten } from '../tree';
import { assertSameTree, captureBody, toTree, type Tensors, type Tree } from './body';
import { whileKernel } from './primitives/while';

/**
 * `while (cond(carry)) carry = body(carry)`, as data say.
 *
 * Differentiates in forward mode. Reverse mode would need every step's values, whose number is unknown: use `scan` or `foriLoop`. Under
 * `vmap` it runs until all examples are done. Needs a backend whose values can be read at once (not webgpu).
 *
 * @param cond returns a scalar, true to go on
 * @param body returns a carry of the same structure, shapes and types
 * @param init the first carry
 * @returns the first carry for which `cond` is false
 * @throws TypeError, RangeError where the carry changes or `cond` returns no scalar; Error under reverse mode
 * @example
 * ```ts
 * lax.whileLoop((x: tf.Tensor) => tf.less(x, 100), (x) => tf.mul(x, 2), tf.scalar(1)); // 128
 * ```
 */
export function whileLoop<C>(
  cond: (carry: Tensors<C>) => Tensor | number | boolean,
  body: (carry: Tensors<C>) => Tensors<C>,
  init: C,
): Tensors<C> {
  for (const f of [cond, body] as unknown[]) checkFunction('lax.whileLoop', f);
  return loopWhile(label('lax.whileLoop', body), cond, body, init);
}

/** The same by the name of what it is part of, for messages. */
export function loopWhile<C>(
  name: string,
  cond: (carry: Tensors<C>) => Tensor | number | boolean,
  body: (carry: Tensors<C>) => Tensors<C>,
  init: C,
): Tensors<C> {
  return transformed(name, () => {
    const carry = toTree(`${name}: init`, init);
    const tree = (leaves: Tensor[]): Tensors<C> => unflatten(carry.tree.structure, leaves) as Tensors<C>;
    if (isJitDisabled()) return eager(cond, body, tree(carry.leaves));
    const test = captureBody(name, carry.tree.avals, (tracers) => [toTruth(name, cond(tree(tracers)))]);
    try {
      const step = captureBody(name, carry.tree.avals, (tracers) => [body(tree(tracers))]);
      try {
        assertSameTree(name, 'the carry', carry.tree, step.trees[0] as Tree);
        return tree(
          whileKernel([...test.constants, ...step.constants, ...carry.leaves], {
            condition: new Jitted(name, test.program),
            body: new Jitted(name, step.program),
            constants: [test.constants.length, step.constants.length],
          }),
        );
      } finally {
        step.dispose();
      }
    } finally {
      test.dispose();
    }
  });
}

function toTruth(name: string, value: Tensor | number | boolean): Tensor {
  if (typeof value === 'boolean') return cast(scalar(value, 'bool'), 'bool');
  const tensor = typeof value === 'number' ? scalar(value) : value;
  const { leaves } = toTree(`${name}: the condition's result`, tensor);
  if (leaves.length !== 1 || leaves[0]!.rank !== 0) {
    throw new RangeError(
      `${name}: the condition must return a scalar, got ${leaves.map(describeAval).join(', ') || 'nothing'}.`,
    );
  }
  const [truth] = leaves as [Tensor];
  return truth.dtype === 'bool' ? truth : notEqual(truth, scalar(0, truth.dtype));
}

function eager<C>(cond: (carry: C) => Tensor | number | boolean, body: (carry: C) => C, init: C): C {
  let carry = init;
  const goesOn = (): unknown => {
    const value = cond(carry);
    return typeof value === 'object' ? value.dataSync()[0] : value;
  };
  while (goesOn()) carry = body(carry);
  return carry;
}
