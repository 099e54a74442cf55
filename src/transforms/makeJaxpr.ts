import { withDefaults } from '../core/errors';
import { toTensor } from '../core/values';
import { capture } from '../jit/capture';
import { aliases, deadCode, transposes } from '../jit/passes';
import { withoutSideEffects } from '../jit/sideEffects';
import { print } from '../jit/print';
import type { Equation, Program } from '../core/program';
import { checkFunction, label } from './arguments';
import { chooseArguments } from './chosen';
import type { JitOptions } from './jit';
import { flattenOutput } from './output';
import { transformed } from './results';
import type { AnyArgs } from './types';

/** The program of a function, to be read. */
export interface Jaxpr {
  readonly inputs: Program['inputs'];
  readonly outputs: Program['outputs'];
  readonly equations: readonly Equation[];
  toString(): string;
}

/**
 * The program that a function is for the transformations, without running it.
 *
 * @returns a function of the same arguments that returns the program; `String(program)` prints it
 * @example
 * ```ts
 * String(makeJaxpr((x: tf.Tensor) => tf.mul(tf.sin(x), x))(tf.scalar(1)));
 * ```
 */
export function makeJaxpr<A extends AnyArgs>(
  f: (...args: A) => unknown,
  options: JitOptions = {},
): (...args: A) => Jaxpr {
  checkFunction('makeJaxpr', f);
  const { staticArgnums } = withDefaults('makeJaxpr', options, { staticArgnums: [] });
  const name = label('makeJaxpr', f);
  return (...args) => {
    const { leaves, where, withLeaves } = chooseArguments(name, args, staticArgnums, 'staticArgnums');
    let jaxpr!: Jaxpr;
    transformed(name, () => {
      const captured = capture(
        name,
        leaves.map((leaf, i) => toTensor(leaf, () => where(i))),
        (tracers) => {
          const result = withoutSideEffects(name, () => f(...(withLeaves(tracers) as A)));
          return flattenOutput(name, result).leaves;
        },
      );
      const program = deadCode(aliases(transposes(deadCode(aliases(captured.program)))));
      const text = print(program);
      const { inputs, outputs, equations } = program;
      jaxpr = { inputs, outputs, equations, toString: () => text };
      captured.dispose();
    });
    return jaxpr;
  };
}
