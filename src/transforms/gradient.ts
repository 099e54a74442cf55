import { ones, type Tensor } from '@tensorflow/tfjs-core';
import { describeAval } from '../core/errors';
import { toFloat } from '../core/values';
import { unflatten } from '../tree';
import { label, resolveArgnums, type Argnums } from './arguments';
import { pickArguments } from './chosen';
import { transformed } from './results';
import { runReverse, type ReverseRun } from './reverse';

export interface Gradient {
  value: Tensor;
  gradient: unknown;
  aux: unknown;
}

/** The one implementation of `grad` and `valueAndGrad`; `select` names what of it is the result. */
export function gradient<T>(
  transform: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  argnums: Argnums,
  hasAux: boolean,
  select: (found: Gradient) => T,
): T {
  const name = label(transform, f);
  const positions = resolveArgnums(name, argnums, args.length);
  return transformed(name, () => {
    const { leaves, structure, where, withLeaves } = pickArguments(name, args, positions);
    const primals = leaves.map((leaf, i) => toFloat(leaf, () => where(i), transform));
    const call = f as (...args: unknown[]) => unknown;
    const run = runReverse(name, primals, (tracers) => call(...withLeaves(tracers)), hasAux);
    try {
      requireScalar(name, run);
      const cts = run.pull([ones([])], true);
      const found = unflatten(structure, cts) as unknown[];
      const { value, aux } = run.deliver();
      return select({
        value: value as Tensor,
        gradient: typeof argnums === 'number' ? found[0] : found,
        aux,
      });
    } finally {
      run.dispose();
    }
  });
}

function requireScalar(name: string, { outputs, structure }: ReverseRun): void {
  const hint = 'Reduce it with tf.sum() or tf.mean(), or use jacrev or jacfwd.';
  const [output] = outputs;
  if (outputs.length !== 1 || !output || !structure.isLeaf) {
    throw new TypeError(
      `${name}: Gradient only defined for scalar-output functions. Output had structure: ${structure}. ${hint}`,
    );
  }
  if (output.shape.length !== 0) {
    throw new RangeError(
      `${name}: Gradient only defined for scalar-output functions. Output had shape: [${output.shape.join(',')}]. ${hint}`,
    );
  }
  // Of a complex loss there is no steepest ascent.
  if (output.dtype !== 'float32')
    throw new TypeError(`${name}: requires float outputs, got ${describeAval(output)}.`);
}
