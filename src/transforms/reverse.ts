import { Tensor, zeros } from '@tensorflow/tfjs-core';
import { intercepted } from '../core/dispatch';
import { withScope } from '../core/engine';
import { handOver } from '../core/holdings';
import type { Aval } from '../core/rule';
import { ReverseTrace } from '../interpreters/reverse';
import { flatten, unflatten, type TreeDef } from '../tree';
import { refusePromise, splitAux } from './arguments';
import { flattenOutput } from './output';

interface Output extends Aval {
  readonly value: Tensor;
  readonly edge: ReturnType<ReverseTrace['output']>['edge'];
}

/** A function run once under a reverse trace: its outputs' values, and the tape that pulls cotangents back to its primals. */
export interface ReverseRun {
  readonly outputs: readonly Output[];
  readonly structure: TreeDef;
  /** Values of the outputs, then the aux tree; both go to the caller with `deliver`. */
  deliver(): { value: unknown; aux: unknown };
  /** Cotangents of the primals in the caller's scope, zeros where nothing depends on one. */
  pull(cts: readonly Tensor[], once: boolean): Tensor[];
  dispose(): void;
}

/**
 * Runs `body` on tracers of the primals.
 *
 * @param name  how messages name the transformed function
 * @param build builds the arguments from the tracers and calls the user's function
 */
export function runReverse(
  name: string,
  primals: readonly Tensor[],
  build: (tracers: Tensor[]) => unknown,
  hasAux: boolean,
): ReverseRun {
  const trace = new ReverseTrace(name);
  const claim = (tensor: Tensor): Output => {
    const { value, edge } = trace.output(tensor);
    return { value: trace.holdings.hold(value), edge, shape: value.shape, dtype: value.dtype };
  };
  const auxTensors: Output[] = [];
  try {
    return intercepted(() =>
      withScope(name, () => {
        const result = build(primals.map((primal) => trace.leaf(primal)));
        refusePromise(name, result);
        const [out, aux] = hasAux ? splitAux(name, result) : [result, undefined];
        const { leaves, structure } = flattenOutput(name, out);
        const outputs = leaves.map(claim);
        const flatAux = flatten<unknown>(aux ?? null);
        const auxLeaves = (flatAux.leaves as unknown[]).map((leaf) => {
          if (!(leaf instanceof Tensor)) return leaf;
          const output = claim(leaf);
          auxTensors.push(output);
          return output;
        });
        const give = (output: Output): Tensor => {
          const tensor = trace.holdings.take(output.value);
          handOver([tensor]);
          return tensor;
        };
        return {
          outputs,
          structure,
          deliver: () => ({
            value: unflatten(structure, outputs.map(give)),
            aux: hasAux
              ? unflatten(
                  flatAux.structure,
                  auxLeaves.map((leaf) => (isOutput(leaf, auxTensors) ? give(leaf) : leaf)),
                )
              : undefined,
          }),
          pull: (cts, once) => pull(trace, outputs, primals, cts, once),
          dispose: () => trace.dispose(),
        };
      }),
    );
  } catch (error) {
    trace.dispose();
    throw error;
  } finally {
    if (trace.phase !== 'closed') trace.phase = 'closed';
  }
}

function isOutput(leaf: unknown, known: Output[]): leaf is Output {
  return known.includes(leaf as Output);
}

function pull(
  trace: ReverseTrace,
  outputs: readonly Output[],
  primals: readonly Aval[],
  cts: readonly Tensor[],
  once: boolean,
): Tensor[] {
  const seeds = outputs.flatMap(({ edge }, i) => (edge ? [{ edge, ct: cts[i]! }] : []));
  const found = intercepted(() => trace.backward(seeds, once));
  handOver(found.filter((ct) => ct !== null));
  return found.map((ct, i) => ct ?? zeros(primals[i]!.shape as number[], 'float32'));
}
