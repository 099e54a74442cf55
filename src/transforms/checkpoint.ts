import type { Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule, type Rematerialised } from '../core/rule';
import { toTensor } from '../core/values';
import { ClosedOver } from '../interpreters/rematerialise';
import { flatten, unflatten, type TreeDef } from '../tree';
import { argumentPath, checkFunction, label } from './arguments';
import { flattenOutput } from './output';
import { transformed } from './results';
import type { AnyArgs } from './types';

// Nothing but reverse mode treats it otherwise than the function itself: see ReverseTrace.
defineRule('Checkpoint', {
  decompose: (inputs: Tensor[], { run }) => (run as Rematerialised)(inputs),
  rematerialise: ({ run }) => run as Rematerialised,
});

/**
 * A function whose inner values are not kept for the backward pass but computed again in it: memory for time.
 *
 * A chain of n segments, each under checkpoint, keeps its n boundaries and one segment's inner values instead of everything.
 *
 * @param f maps pytrees to a pytree; what it closes over is differentiated too
 * @returns a function like f
 * @example
 * ```ts
 * const block = checkpoint((w: tf.Tensor, x: tf.Tensor) => tf.tanh(tf.matMul(tf.tanh(tf.matMul(x, w)), w)));
 * grad((w: tf.Tensor) => tf.sum(block(w, tf.ones([1, 2]))))(tf.zeros([2, 2]));
 * ```
 */
export function checkpoint<A extends AnyArgs, Y>(f: (...args: A) => Y): (...args: A) => Y {
  checkFunction('checkpoint', f);
  const name = label('checkpoint', f);
  return (...args) =>
    transformed(name, () => {
      const { leaves, structure } = flatten(args);
      let out!: TreeDef;
      const run: Rematerialised = (inputs) => {
        const y = flattenOutput(name, f(...(unflatten(structure, inputs.slice(0, leaves.length)) as A)));
        out = y.structure;
        return y.leaves;
      };
      const outputs = call(
        run,
        leaves.map((leaf, i) => toTensor(leaf, () => `${name}: ${argumentPath(args, i)}`)),
      );
      return unflatten(out, outputs) as Y;
    });
}

/** What turns out to be read from the function's closure, where the trace of its inputs would miss it, is one more of these. */
function call(run: Rematerialised, inputs: Tensor[]): Tensor[] {
  try {
    return runKernel<Tensor[]>('Checkpoint', inputs, { run });
  } catch (error) {
    if (!(error instanceof ClosedOver) || inputs.includes(error.tracer)) throw error;
    return call(run, [...inputs, error.tracer]);
  }
}
