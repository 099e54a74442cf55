import type { Tensor } from '@tensorflow/tfjs-core';
import { dispatch } from '../core/dispatch';
import type { Attrs, Rematerialised } from '../core/rule';
import type { Use } from './sharing';
import type { TractTrace } from './trace';

/**
 * Runs a checkpointed function so that it stays one for the trace below, which runs it again in its backward pass, when the body of tract
 * is past. The first layers met inside hand out their tokens and data, for the tie: see sharing.ts.
 */
export function runCheckpoint(trace: TractTrace, inputs: Tensor[], attrs: Attrs): Tensor[] {
  const { run } = attrs as { run: Rematerialised };
  const roles = inputs.map((t) => (trace.owns(t) ? trace.standIn(t) : undefined));
  const first = trace.uses.length;
  let found: Use[] = [];
  let wrap: ((value: Tensor) => Tensor)[] | undefined;

  const below: Rematerialised = (values) => {
    const body = (): Tensor[] => run(values.map((value, i) => roles[i]?.(value) ?? value));
    if (wrap) {
      const { results, uses } = trace.again(found, body);
      return withUses(trace, results, uses);
    }
    const results = body();
    wrap = results.map((t) => (trace.owns(t) ? trace.standIn(t) : (value) => value));
    found = trace.uses.slice(first);
    return withUses(trace, results, found);
  };

  const lower = inputs.map((t) => trace.output(t));
  const outputs = dispatch('Checkpoint', lower, { run: below }) as Tensor[];
  const count = wrap!.length;
  found.forEach((use, i) => {
    const inner = [use.token, use.data];
    use.token = trace.holdings.hold(outputs[count + 2 * i]!);
    use.data = trace.holdings.hold(outputs[count + 2 * i + 1]!);
    for (const t of inner) trace.holdings.release(t);
  });
  return outputs.slice(0, count).map((t, i) => wrap![i]!(t));
}

function withUses(trace: TractTrace, results: readonly Tensor[], uses: readonly Use[]): Tensor[] {
  return [...results.map((t) => trace.output(t)), ...uses.flatMap(({ token, data }) => [token, data])];
}
