import type { Tensor } from '@tensorflow/tfjs-core';
import { handOver } from '../core/holdings';
import type { Part } from './roles';
import { TractTrace } from './trace';

/**
 * Runs a body that a primitive carries (of a loop, of a branch) on values that are captured, under a trace of its own.
 *
 * @param given values, and what they are to the trace around it
 * @param body  gets its trace and the values as tensors of it; returns values below
 * @param times how often the body runs in the end
 */
export function within(
  trace: TractTrace,
  given: readonly (readonly [Part | undefined, Tensor])[],
  body: (inner: TractTrace, tensors: Tensor[]) => Tensor[],
  times = 0,
): Tensor[] {
  const inner = new TractTrace(trace.name, trace.options, trace);
  if (times > 0) inner.onKernel = (kernel, inputs, y, n) => trace.onKernel?.(kernel, inputs, y, n * times);
  try {
    const found = body(
      inner,
      given.map(([part, value]) => inner.as(part, value)),
    );
    const own = found.map((t) => inner.holdings.take(inner.holdings.hold(t)));
    handOver(own);
    return own;
  } finally {
    inner.dispose();
  }
}
