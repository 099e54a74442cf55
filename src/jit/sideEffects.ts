import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { engine, type Engine } from '../core/engine';
import { withoutHiddenRandomness } from '../core/hiddenRandomness';
import { isVariable } from '../core/variables';

/** Members of the engine through which variables change. */
interface Effects {
  makeVariable?: (...args: unknown[]) => Variable;
  disposeTensor?: (tensor: Tensor) => void;
  disposeVariable?: (variable: Variable) => void;
}

const names: string[] = [];
let restore: () => void;

/**
 * Runs a user's function for a capture, where what it does besides computing would happen once and never again.
 *
 * @throws Error naming the function where it draws random numbers without a key, or makes, assigns or disposes a variable
 */
export function withoutSideEffects<T>(name: string, body: () => T): T {
  const eng = engine() as Engine & Effects;
  if (names.push(name) === 1) {
    eng.makeVariable = () => {
      throw frozenVariable('made');
    };
    // Those of `keepVariablesWhole`. `assign` disposes the old value first: the variable is as it was.
    const { disposeTensor, disposeVariable } = eng;
    eng.disposeTensor = (tensor) => {
      if (isVariable(tensor)) throw frozenVariable('assigned');
      disposeTensor!.call(eng, tensor);
    };
    eng.disposeVariable = () => {
      throw frozenVariable('disposed');
    };
    restore = () => Object.assign(eng, { disposeTensor, disposeVariable });
  }
  try {
    return withoutHiddenRandomness(frozenNumbers, body);
  } finally {
    names.pop();
    if (names.length === 0) {
      restore();
      delete eng.makeVariable;
    }
  }
}

function frozenNumbers(op: string): Error {
  return new Error(
    `${names.at(-1)}: tf.${op} would draw once, when the function is traced, and give the same numbers at every call. Take a key as an ` +
      'argument and draw with random.* (random.normal, random.uniform ...), or draw outside the function and pass the numbers.',
  );
}

function frozenVariable(what: string): Error {
  return new Error(
    `${names.at(-1)}: a variable was ${what} inside the function, which would happen once, when it is traced, and not at later calls. ` +
      'Return the new value and assign it outside.',
  );
}
