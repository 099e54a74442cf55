import { ownByScope } from '../core/engine';
import type { Aval } from '../core/rule';
import { toFloat } from '../core/values';
import { flatten, unflatten, type TreeDef } from '../tree';
import { argumentPath, checkFunction, label } from './arguments';
import { transformed } from './results';
import { runReverse, type ReverseRun } from './reverse';

/** A function that ran forward for its derivative at fixed primals. */
export interface Derivative {
  readonly name: string;
  readonly value: unknown;
  readonly aux: unknown;
  /** Structure of the array of arguments, and their leaves without values. */
  readonly structure: TreeDef;
  readonly primals: readonly Aval[];
  readonly run: ReverseRun;
}

export function derivativeAt(
  transform: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  hasAux: boolean,
): Derivative {
  checkFunction(transform, f);
  const name = label(transform, f);
  const { leaves, structure } = flatten(args);
  let run!: ReverseRun;
  let primals: Aval[] = [];
  const { value, aux } = transformed(name, () => {
    const inputs = leaves.map((leaf, i) =>
      toFloat(leaf, () => `${name}: ${argumentPath(args, i)}`, transform),
    );
    primals = inputs.map(({ shape, dtype }) => ({ shape, dtype }));
    const call = f as (...args: unknown[]) => unknown;
    run = runReverse(
      name,
      inputs,
      (tracers) => call(...(unflatten(structure, tracers) as unknown[])),
      hasAux,
    );
    return run.deliver();
  });
  return { name, value, aux, structure, primals, run };
}

/** A function that reads what the run kept, and `dispose()`, which frees that, and which the end of the tidy scope calls. */
export function untilDisposed(
  { name, run }: Derivative,
  what: string,
  read: (...given: unknown[]) => unknown,
): { (...given: unknown[]): unknown; dispose(): void } {
  let isDisposed = false;
  const dispose = (): void => {
    isDisposed = true;
    run.dispose();
  };
  ownByScope(dispose);
  const call = (...given: unknown[]): unknown => {
    if (isDisposed) {
      throw new Error(
        `The ${what} of ${name} was used after its dispose(), which also happens at the end of the tidy scope that it was made in.`,
      );
    }
    return transformed(name, () => read(...given));
  };
  return Object.assign(call, { dispose });
}
