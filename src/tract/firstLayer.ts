import type { Tensor } from '@tensorflow/tfjs-core';
import { dispatch } from '../core/dispatch';
import type { Attrs } from '../core/rule';
import { traceOf } from '../core/tracer';
import { correctedKernel, correctedWeight } from './correction';
import { checkSize, formOf } from './form';
import type { LayerKind, LinearLayer } from './layer';
import { ridgeOf } from './options';
import type { Part } from './roles';
import { SharedWeight, type Use } from './sharing';
import type { TractTrace } from './trace';

/**
 * Runs a kernel in which a weight meets data, one level below the trace, with the weight's gradient corrected.
 *
 * @param part what the weight is to the trace
 */
export function runFirstLayer(
  trace: TractTrace,
  kind: LayerKind,
  { key, sources }: Part,
  inputs: Record<string, Tensor>,
  attrs: Attrs,
): Tensor {
  const { kernel } = kind;
  const layer = kind.layer(inputs, attrs);
  const weight =
    trace.expected(kernel, layer)?.weight ??
    weightOf(trace, [kernel, key, layer.n, layer.m, layer.orientation].join(), inputs[kind.weight]!);
  // Of several uses it is the sum of x^T x that is factored.
  const isShared = trace.outer !== undefined || weight.uses.length > 0;
  checkSize(trace.name, kernel, layer, isShared ? 'primal' : formOf(layer, trace.options));
  const [z, token] = runUse(trace, kind, layer, weight, inputs, attrs);
  const keep = (t: Tensor): Tensor => trace.holdings.hold(t);
  const use: Use = {
    kernel,
    sources,
    weight,
    layer,
    b: layer.b,
    kept: { data: keep(inputs[kind.data]!), ...(token && { token: keep(token) }) },
  };
  trace.uses.push(use);
  // Those in a loop are uses of the weight when the loop is known.
  if (!trace.isSecond && !trace.outer) weight.uses.push(use);
  return z;
}

/** The first use of a weight sees to the gradient of all: of later ones, and of its own where A is known, the kernel is enough. */
function runUse(
  trace: TractTrace,
  kind: LayerKind,
  layer: LinearLayer,
  weight: SharedWeight,
  inputs: Record<string, Tensor>,
  attrs: Attrs,
): [z: Tensor, token?: Tensor] {
  const { options, later } = trace;
  const { given } = weight;
  const ridge = ridgeOf(options);
  const own = inputs[kind.weight]!;
  const run = (w: Tensor): Tensor => dispatch(kind.kernel, { ...inputs, [kind.weight]: w }, attrs) as Tensor;
  // A body that is captured may run any number of times, so that its uses stand alone until A is known.
  const isLinked = given !== undefined || !trace.outer;
  const hand = (w: Tensor): Tensor => {
    if (isLinked) later.set(weight, trace.holdings.hold(w));
    return w;
  };
  const known = isLinked ? later.get(weight) : undefined;
  if (known) return [run(known)];
  if (given) return [run(hand(correctedWeight(layer, weight, own, ridge, options)))];
  const [z, token, next] = correctedKernel(kind, layer, inputs, attrs, ridge, weight, options);
  hand(next);
  return [z, token];
}

/** The weight of this name; in a loop, one that comes from its rows or its carry is another weight in each step. */
function weightOf(trace: TractTrace, name: string, value: Tensor): SharedWeight {
  const varies = isMadeInLoop(trace, value);
  let weight = trace.weights.get(name);
  if (!weight) trace.weights.set(name, (weight = new SharedWeight(trace.options)));
  weight.varies = varies;
  weight.isFixed &&= traceOf(value) === undefined;
  return weight;
}

/** Whether a value is made of the rows or the carry of the loop whose body runs. */
function isMadeInLoop({ name, outer }: TractTrace, value: Tensor): boolean {
  const trace = traceOf(value);
  if (!outer || !trace?.captures) return false;
  if (trace.level > outer.level) return true;
  let root = outer;
  while (root.outer) root = root.outer;
  if (trace.level < root.level) return false;
  throw new Error(
    `${name}: a weight that differs from step to step of a loop is used in a loop inside it, which tract does not see through. Write one of the ` +
      'loops out, or apply the layer once to the rows of all inner steps.',
  );
}
