import type { Tensor } from '@tensorflow/tfjs-core';
import { transparently } from '../core/customGrad';
import { valueBelow } from '../core/dispatch';
import { withScope } from '../core/engine';
import { withoutHiddenRandomness } from '../core/hiddenRandomness';
import { detach, handOver } from '../core/holdings';
import type { Rematerialised } from '../core/rule';
import { traceOf, type Tracer } from '../core/tracer';
import { ReverseTrace } from './reverse';

/** A checkpointed function after its first run. */
export interface Checkpoint {
  /** Its outputs one level down; everything between was disposed. */
  readonly outputs: Tensor[];
  /** Its inputs, then the tracers that it closes over. */
  readonly sources: Tensor[];
  /** Runs it again on the values of its sources and pulls cotangents back to those that are wanted. */
  again(values: readonly Tensor[], wanted: readonly boolean[], cts: (Tensor | null)[]): (Tensor | null)[];
}

/** Runs a checkpointed function with nothing recorded, and finds out what it closes over. */
export function runCheckpoint(
  trace: ReverseTrace,
  run: Rematerialised,
  inputs: readonly Tensor[],
): Checkpoint {
  const outer = trace.met;
  const met = new Set<Tracer>();
  let outputs: Tensor[];
  try {
    const lower = inputs.map((t) => (trace.owns(t) ? trace.valueOf(t) : t));
    trace.met = met;
    outputs = transparently(trace, () =>
      withScope('checkpoint', () =>
        withoutHiddenRandomness(drawnAgain, () => run(lower, true)).map((t) => detach(valueBelow(t))),
      ),
    );
  } finally {
    trace.met = outer;
  }
  handOver(outputs);
  // A transformation inside this one that differentiates what is closed over would not hear of the function's inputs.
  if (outputs.some((t) => (traceOf(t)?.level ?? 0) > trace.level)) {
    throw new Error(
      `${trace.name}: a function under checkpoint closes over a tensor of a transformation that began later than that of its arguments. ` +
        'Pass that tensor as an argument, too.',
    );
  }
  const closed = [...met].filter((t) => !inputs.includes(t));
  return {
    outputs,
    sources: [...inputs, ...closed],
    again: (values, wanted, cts) => runAgain(trace, run, inputs.length, closed, values, wanted, cts),
  };
}

function runAgain(
  trace: ReverseTrace,
  run: Rematerialised,
  count: number,
  closed: readonly Tracer[],
  values: readonly Tensor[],
  wanted: readonly boolean[],
  cts: (Tensor | null)[],
): (Tensor | null)[] {
  const tape = new ReverseTrace(trace.name);
  const outer = trace.standIns;
  try {
    const points = values.map((t, i) => (wanted[i] ? tape.leaf(t) : t));
    trace.standIns = new Map(closed.map((tracer, i) => [tracer, points[count + i]!]));
    const outputs = run(points.slice(0, count)).map((t) => tape.output(valueBelow(t)));
    const seeds = outputs.flatMap(({ edge }, i) => (edge && cts[i] ? [{ edge, ct: cts[i] }] : []));
    const found = tape.backward(seeds, true);
    handOver(found.filter((ct) => ct !== null));
    return found;
  } finally {
    trace.standIns = outer;
    tape.dispose();
  }
}

function drawnAgain(op: string): Error {
  return new Error(
    `checkpoint: tf.${op} would draw other numbers when the function runs again in the backward pass, and the gradient would be another function's. ` +
      'Take a key as an argument and draw with random.*, or draw outside the function.',
  );
}
