import { toTensor } from '../core/values';
import { capture } from '../jit/capture';
import type { Aval } from '../core/rule';
import { flatten, unflatten, type TreeDef } from '../tree';
import { argumentPath, checkFunction, label } from './arguments';
import { flattenOutput } from './output';
import { transformed } from './results';
import type { AnyArgs } from './types';

/**
 * Shapes and types of a function's output, found without running a kernel.
 *
 * @param args tensors, numbers, or `{ shape, dtype }` in place of tensors
 * @returns the output's tree with `{ shape, dtype }` for each tensor
 * @example
 * ```ts
 * evalShape((x: tf.Tensor) => tf.sum(x, 0), tf.zeros([2, 3])); // { shape: [3], dtype: 'float32' }
 * ```
 */
export function evalShape<A extends AnyArgs>(f: (...args: A) => unknown, ...args: A): unknown {
  checkFunction('evalShape', f);
  const name = label('evalShape', f);
  let result: unknown;
  transformed(name, () => {
    const { leaves, structure } = flatten(args, isAval);
    let out!: TreeDef;
    const captured = capture(
      name,
      leaves.map((leaf, i) =>
        isAval(leaf) ? leaf : toTensor(leaf, () => `${name}: ${argumentPath(args, i)}`),
      ),
      (tracers) => {
        const y = flattenOutput(name, f(...(unflatten(structure, tracers) as A)));
        out = y.structure;
        return y.leaves;
      },
      { all: true },
    );
    result = unflatten(
      out,
      captured.program.outputs.map(({ shape, dtype }) => ({ shape: shape.slice(), dtype })),
    );
    captured.dispose();
  });
  return result;
}

function isAval(value: unknown): value is Aval {
  const { shape, dtype } = (value ?? {}) as Partial<Aval>;
  return (
    Array.isArray(shape) && typeof dtype === 'string' && Object.getPrototypeOf(value) === Object.prototype
  );
}
