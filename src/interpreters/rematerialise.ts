import type { Tensor } from '@tensorflow/tfjs-core';
import { valueBelow } from '../core/dispatch';
import { engine, withScope } from '../core/engine';
import { withoutHiddenRandomness } from '../core/hiddenRandomness';
import { detach, handOver } from '../core/holdings';
import type { Rematerialised } from '../core/rule';
import { withStandIns, type StandIn } from '../core/standIns';
import { nextLevel } from '../core/trace';
import { latestTracer, traceOf } from '../core/tracer';
import { ReverseTrace } from './reverse';

/** A checkpointed function after its first run. */
export interface Checkpoint {
  /** Its outputs one level down; everything between was disposed. */
  readonly outputs: Tensor[];
  /** Its inputs and all else that was there before and that it reads. */
  readonly sources: Tensor[];
  /** Runs it again on the values of its sources and pulls cotangents back to those that are wanted. */
  again(values: readonly Tensor[], wanted: readonly boolean[], cts: (Tensor | null)[]): (Tensor | null)[];
}

/** A function under checkpoint reads a tracer of a transformation that began later than all those of its arguments, which would not hear of them. */
export class ClosedOver extends Error {
  constructor(
    name: string,
    readonly tracer: Tensor,
  ) {
    super(`${name}: a function under checkpoint closes over a tensor that has to be an argument of it, too.`);
  }
}

/**
 * Runs a checkpointed function for its values, and finds out what it closes over, which makes these tensors its inputs as JAX does by tracing it
 * first. A trace of its own has it take the derivatives that are given (customVjp) as the backward pass will, since the outputs may be
 * differentiated again.
 */
export function runCheckpoint(
  trace: ReverseTrace,
  run: Rematerialised,
  inputs: readonly Tensor[],
): Checkpoint {
  const dry = new ReverseTrace(trace.name, true);
  const isOlder = older();
  const level = nextLevel();
  const points = new Map<Tensor, Tensor>();
  const constants = new Set<Tensor>();
  let refused: ClosedOver | undefined;
  const find: StandIn = (t) => {
    if (points.has(t) || constants.has(t) || !isOlder(t)) return points.get(t);
    const other = traceOf(t);
    // The scope that is open now may be that of one op.
    if (trace.owns(t)) points.set(t, detach(dry.leaf(trace.valueOf(t))));
    else if (!other || other.level < trace.level) constants.add(t);
    else if (other.level < level && other.phase === 'open') throw (refused = new ClosedOver(trace.name, t));
    return points.get(t);
  };
  let outputs: Tensor[];
  try {
    outputs = withStandIns(find, () =>
      withScope('checkpoint', () =>
        withoutHiddenRandomness(drawnAgain, () => run(inputs.map((t) => find(t) ?? t))).map((t) =>
          detach(dry.output(valueBelow(t)).value),
        ),
      ),
    );
  } finally {
    dry.dispose();
  }
  handOver(outputs);
  if (refused) throw refused;
  const sources = [...points.keys(), ...constants];
  return {
    outputs,
    sources,
    again: (...call) => runAgain(trace.name, run, inputs, sources, ...call),
  };
}

function runAgain(
  name: string,
  run: Rematerialised,
  inputs: readonly Tensor[],
  sources: readonly Tensor[],
  values: readonly Tensor[],
  wanted: readonly boolean[],
  cts: (Tensor | null)[],
): (Tensor | null)[] {
  const tape = new ReverseTrace(name);
  const revived = sources.filter((t) => t.isDisposed) as unknown as { isDisposedInternal: boolean }[];
  try {
    const points = new Map(sources.map((t, i) => [t, wanted[i] ? tape.leaf(values[i]!) : values[i]!]));
    const find: StandIn = (t) => (points.get(t) === t ? undefined : points.get(t));
    // Methods of tensors that the function closes over look at this.
    for (const t of revived) t.isDisposedInternal = false;
    return withStandIns(find, () => {
      const outputs = run(inputs.map((t) => points.get(t)!)).map((t) => tape.output(valueBelow(t)));
      const seeds = outputs.flatMap(({ edge }, i) => (edge && cts[i] ? [{ edge, ct: cts[i] }] : []));
      const found = tape.backward(seeds, true);
      handOver(found.filter((ct) => ct !== null));
      return found;
    });
  } finally {
    for (const t of revived) t.isDisposedInternal = true;
    tape.dispose();
  }
}

/** Whether a tensor was there before this call. */
function older(): (t: Tensor) => boolean {
  const next = engine().nextTensorId();
  const latest = latestTracer();
  // Those of tracers count down.
  return ({ id }) => (id < 0 ? id >= latest : id < next);
}

function drawnAgain(op: string): Error {
  return new Error(
    `checkpoint: tf.${op} would draw other numbers when the function runs again in the backward pass, and the gradient would be another function's. ` +
      'Take a key as an argument and draw with random.*, or draw outside the function.',
  );
}
