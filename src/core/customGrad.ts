import type { Tensor } from '@tensorflow/tfjs-core';
import { valueBelow } from './dispatch';
import { withScope, type CustomGradCall } from './engine';
import { detach, handOver } from './holdings';
import type { Trace } from './trace';

/** The forward pass of a function made by `tf.customGrad`. */
export interface CustomGradForward {
  /** The result one level down. */
  readonly y: Tensor;
  /** Values that the function saved. */
  readonly saved: Tensor[];
  /** Those, and the values of its inputs, which its gradient may read from its closure: all held for the trace. */
  readonly held: Tensor[];
}

/** Runs the forward function with the trace transparent, so that its own gradient, not its ops', is what counts. */
export function runCustomGradForward(trace: Trace, call: CustomGradCall): CustomGradForward {
  const held: Tensor[] = [];
  const hold = (t: Tensor): Tensor => {
    const own = trace.holdings.hold(t);
    held.push(own);
    return own;
  };
  let saved: Tensor[] = [];
  const y = transparently(trace, () =>
    withScope('customGrad', () =>
      detach(
        valueBelow(
          call.forwardFunc(undefined, (tensors) => (saved = tensors.map((t) => hold(valueBelow(t))))),
        ),
      ),
    ),
  );
  handOver([y]);
  for (const input of Object.values(call.inputs)) if (trace.owns(input)) hold(trace.valueOf(input));
  return { y, saved, held };
}

/** Runs `body` with the tracers of a trace standing for their values, also after the trace's end. */
export function transparently<T>(trace: Trace, body: () => T): T {
  const before = trace.phase;
  trace.phase = 'transparent';
  try {
    return body();
  } finally {
    trace.phase = before;
  }
}
