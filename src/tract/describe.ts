import type { Tensor } from '@tensorflow/tfjs-core';
import { withScope } from '../core/engine';
import { toTensor } from '../core/values';
import { checkFunction, label, refusePromise } from '../transforms/arguments';
import { transformed } from '../transforms/results';
import { flatten, leavesWithPath, unflatten } from '../tree';
import { conditionNumber } from './condition';
import { operationsOf } from './cost';
import { formOf, operations, type Form } from './form';
import { layerKernels } from './layer';
import { optionsOf, readOptions, ridgeOf, type TractOptions } from './options';
import { measured, type SharedWeight } from './sharing';
import { reduced } from './statistic';
import { TractTrace } from './trace';

/** One first layer. */
export interface LayerDescription {
  /** tfjs's name of the linear primitive. */
  readonly primitive: string;
  /** Key paths of the parameters that its weight is computed from. */
  readonly parameters: readonly string[];
  /** How often it is applied to data. */
  readonly uses: number;
  /** Rows (of all uses), features, outputs: z `[b, m]` = x `[b, n]` W `[n, m]`. */
  readonly b: number;
  readonly n: number;
  readonly m: number;
  /** Number of weight matrices, each with an A of its own: channels of a depthwise convolution, heads. */
  readonly stacks: number;
  /** Whether x^T x or x x^T is factored; a lookup has a diagonal one. */
  readonly form: Form | 'diagonal';
  /** Condition number of A = x^T x / b + lambda I (the largest, of a stack), to about a percent; NaN where values can't be read at once. */
  readonly condition: number;
  /** Additions and multiplications that the correction adds to a training step. */
  readonly operations: number;
}

export interface TractDescription {
  readonly layers: readonly LayerDescription[];
  readonly lambda: number;
  /** Additions and multiplications of the correction, and of a training step without it: three times the forward pass. */
  readonly operations: number;
  readonly stepOperations: number;
  /** The correction's part of the whole step's operations. */
  readonly share: number;
  toString(): string;
}

/**
 * What `tract` would do to a function: its first layers, their sizes, how they are solved, and what that costs.
 *
 * @param f a layer, model or loss `f(params, ...inputs)`, or what `tract` made of one, whose options then count
 * @param args arguments for one call, with real data: condition numbers are measured
 * @returns data, with a readable `toString()`
 * @throws TypeError where f has no first layer
 * @example
 * ```ts
 * const loss = (p: { w: tf.Tensor }, x: tf.Tensor) => tf.mean(tf.square(tf.matMul(x, p.w)));
 * const found = tract.describe(loss, { w: tf.ones([3, 2]) }, tf.randomNormal([8, 3], 0, 1, 'float32', 1));
 * found.layers[0]!.parameters; // ['w']
 * console.log(String(found)); // condition number and cost, too
 * ```
 */
export function describeTract<A extends unknown[]>(f: (...args: A) => unknown, ...args: A): TractDescription {
  checkFunction('tract.describe', f);
  let original: unknown = f;
  let options = readOptions();
  // What is inside counts: a layer is corrected once.
  for (let made = optionsOf(f); made; made = optionsOf(original as object)) ({ original, options } = made);
  return examine(
    label('tract.describe', original as typeof f),
    original as (...args: unknown[]) => unknown,
    args,
    options,
  );
}

function examine(
  name: string,
  f: (...args: unknown[]) => unknown,
  [params, ...inputs]: unknown[],
  options: TractOptions,
): TractDescription {
  return transformed(name, () => {
    const trace = new TractTrace(name, options);
    try {
      return withScope(name, () => {
        let forward = 0;
        trace.onKernel = (kernel, given, result, times) =>
          (forward += times * operationsOf(kernel, given, result));
        const tracers = leavesWithPath(params).map(([path, leaf]) =>
          trace.parameter(toTensor(leaf, path ? `${name}: params at "${path}"` : `${name}: params`), path),
        );
        refusePromise(
          name,
          trace.run(() => f(unflatten(flatten(params).structure, tracers), ...inputs)),
        );
        if (trace.uses.length === 0) throw new TypeError(nothingFound(name));
        const lambda = ridgeOf(options);
        const layers = [...trace.weights.values()]
          .filter(({ uses }) => uses.length > 0)
          .map((weight) => describeWeight(weight, lambda, options));
        return summary(layers, lambda.dataSync()[0]!, 3 * forward);
      });
    } finally {
      trace.dispose();
    }
  });
}

function describeWeight(
  { uses, isShared }: SharedWeight,
  lambda: Tensor,
  options: TractOptions,
): LayerDescription {
  const [first] = uses as [SharedWeight['uses'][number]];
  const { kernel, sources, layer } = first;
  const b = uses.reduce((sum, use) => sum + use.b, 0);
  const form = isShared ? 'primal' : formOf(layer, options);
  return {
    primitive: kernel,
    parameters: sources,
    uses: uses.length,
    b,
    n: layer.n,
    m: layer.m,
    stacks: layer.stacks,
    form: layer.kind === 'lookup' ? 'diagonal' : form,
    condition: conditionNumber(layer, reduced(measured(uses, options.sample), options), lambda),
    operations: operations({ ...layer, b }, form),
  };
}

function summary(layers: LayerDescription[], lambda: number, stepOperations: number): TractDescription {
  const added = layers.reduce((sum, layer) => sum + layer.operations, 0);
  const share = added / (added + stepOperations);
  return {
    layers,
    lambda,
    operations: added,
    stepOperations,
    share,
    toString: () =>
      [
        `tract, lambda ${precise(lambda)}: ${layers.length} first layer${layers.length === 1 ? '' : 's'}`,
        ...layers.map(line),
        `  ${short(added)} operations, ${(100 * share).toPrecision(2)} % of a step of ${short(added + stepOperations)}`,
      ].join('\n'),
  };
}

function line(layer: LayerDescription): string {
  const { primitive, parameters, uses, b, n, m, stacks, form, condition } = layer;
  const times = [uses > 1 ? `${uses} uses` : '', stacks > 1 ? `${stacks} matrices` : ''].filter(Boolean);
  return (
    `  ${primitive} of ${parameters.map((p) => p || 'params').join(', ')}${times.length ? ` (${times.join(', ')})` : ''}: ` +
    `b ${b}, n ${n}, m ${m}, ${form}, condition number ${Number.isNaN(condition) ? 'not read' : condition.toPrecision(2)}, ` +
    `${short(layer.operations)} operations`
  );
}

const precise = (value: number): string => String(Number(value.toPrecision(6)));

function short(count: number): string {
  const unit = [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ].find(([size]) => count >= (size as number)) as [number, string] | undefined;
  return unit ? `${(count / unit[0]).toPrecision(3)} ${unit[1]}` : String(Math.round(count));
}

/** The message where no first layer is found. */
export function nothingFound(name: string): string {
  return (
    `${name}: no first layer found. tract looks for a linear primitive (${layerKernels().join(', ')}) where a leaf of the first argument, ` +
    'or what is computed from it, meets data that does not depend on the first argument. It does not look into functions with a derivative of their own ' +
    '(customVjp, customJvp, tf.customGrad) or into lax.whileLoop.'
  );
}
