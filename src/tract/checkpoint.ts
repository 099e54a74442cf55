import type { Tensor } from '@tensorflow/tfjs-core';
import { dispatch } from '../core/dispatch';
import type { Attrs, Rematerialised } from '../core/rule';
import { keepsData, type SharedWeight, type Use } from './sharing';
import type { TractTrace } from './trace';

/**
 * Runs a checkpointed function so that it stays one for the trace below, which runs it again in its backward pass, when the body of tract
 * is past. The first layers met inside hand out their tokens and data, for the tie: see sharing.ts.
 */
export function runCheckpoint(trace: TractTrace, inputs: Tensor[], attrs: Attrs): Tensor[] {
  const { run } = attrs as { run: Rematerialised };
  const roles = inputs.map((t) => {
    const part = trace.part(t);
    return part && ((value: Tensor) => trace.as(part, value));
  });
  const first = trace.uses.length;
  let found: Use[] = [];
  let wrap: ((value: Tensor) => Tensor)[] | undefined;

  // What the first run of the body found is an input too: it has to be there in the backward pass.
  const given = [...trace.weights.values()].filter((weight) => weight.given);

  const below: Rematerialised = (values) => {
    const body = (): Tensor[] =>
      withGiven(given, values.slice(inputs.length), () =>
        run(inputs.map((_, i) => roles[i]?.(values[i]!) ?? values[i]!)),
      );
    if (wrap) return trace.again(found, () => withUses(trace, body(), trace.uses));
    const results = trace.above(() => trace.apart(body));
    found = trace.uses.slice(first);
    wrap = results.map((t) => {
      const part = trace.part(t);
      return (value) => trace.as(part, value);
    });
    return withUses(trace, results, found);
  };

  const lower = [...inputs.map((t) => trace.output(t)), ...given.map((weight) => weight.given!)];
  const outputs = dispatch('Checkpoint', lower, { run: below }) as Tensor[];
  if (trace.isGiven) return wrap!.map((make, i) => make(outputs[i]!));
  let next = wrap!.length;
  const outside = (): Tensor => trace.holdings.hold(outputs[next++]!);
  for (const use of found) {
    const inner = tensorsOf(use);
    const { kept } = use;
    if (keepsData(kept)) use.kept = { data: outside(), ...(kept.token && { token: outside() }) };
    else use.kept = { ...kept, sums: outside() };
    for (const t of inner) trace.holdings.release(t);
  }
  return wrap!.map((make, i) => make(outputs[i]!));
}

/** Results, and what the uses keep, which the second run of the body has no need of. */
function withUses(trace: TractTrace, results: readonly Tensor[], uses: readonly Use[]): Tensor[] {
  return [...results.map((t) => trace.output(t)), ...(trace.isGiven ? [] : uses.flatMap(tensorsOf))];
}

const tensorsOf = ({ kept }: Use): Tensor[] =>
  keepsData(kept) ? [kept.data, ...(kept.token ? [kept.token] : [])] : [kept.sums];

function withGiven<T>(weights: readonly SharedWeight[], given: readonly Tensor[], body: () => T): T {
  const before = weights.map((weight) => weight.given);
  weights.forEach((weight, i) => (weight.given = given[i]));
  try {
    return body();
  } finally {
    weights.forEach((weight, i) => (weight.given = before[i]));
  }
}
