import type { Tensor } from '@tensorflow/tfjs-core';
import { withScope } from '../core/engine';
import { handOver } from '../core/holdings';
import { BatchTrace } from './batch';
import { withBatch } from '../rules/families/batching';

/**
 * Runs `body` on one example of each mapped input.
 *
 * @param inputs tensors with the mapped axis in front where `mapped` says so
 * @param place  makes a whole of each result of `body`
 */
export function runBatch(
  name: string,
  size: number,
  inputs: readonly unknown[],
  mapped: readonly boolean[],
  body: (examples: unknown[]) => Tensor[],
  place: (trace: BatchTrace, tensor: Tensor, index: number) => Tensor = (trace, t) =>
    withBatch(trace.output(t), size),
): Tensor[] {
  const trace = new BatchTrace(name, size);
  try {
    const wholes = withScope(name, () => {
      const examples = inputs.map((input, i) => (mapped[i] ? trace.example(input as Tensor) : input));
      return body(examples).map((t, i) => trace.holdings.hold(place(trace, t, i)));
    });
    const results = wholes.map((t) => trace.holdings.take(t));
    handOver(results);
    return results;
  } finally {
    trace.dispose();
  }
}
