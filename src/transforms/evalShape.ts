import type { Tensor } from '@tensorflow/tfjs-core';
import { toTensor } from '../core/values';
import { capture } from '../jit/capture';
import type { Aval } from '../core/rule';
import { flatten, unflatten, type TreeDef } from '../tree';
import type { MapLeaves } from '../tree/types';
import { argumentPath, checkFunction, label } from './arguments';
import { flattenOutput } from './output';
import { transformed } from './results';
import type { AnyArgs, Given } from './types';

/**
 * Shapes and types of a function's output, found without running a kernel.
 *
 * @param args tensors, numbers, or `{ shape, dtype }` in place of tensors
 * @returns the output's tree with `{ shape, dtype }` for each tensor
 * @example
 * ```ts
 * evalShape((x: tf.Tensor) => tf.sum(x, 0), { shape: [2, 3], dtype: 'float32' }); // { shape: [3], dtype: 'float32' }
 * ```
 */
export function evalShape<A extends AnyArgs, Y>(
  f: (...args: A) => Y,
  ...args: { [K in keyof A]: Given<A[K], Tensor | number | Aval> }
): MapLeaves<Y, Aval> {
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
  return result as MapLeaves<Y, Aval>;
}

function isAval(value: unknown): value is Aval {
  const { shape, dtype } = (value ?? {}) as Partial<Aval>;
  return (
    Array.isArray(shape) && typeof dtype === 'string' && Object.getPrototypeOf(value) === Object.prototype
  );
}
