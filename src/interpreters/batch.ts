import { clone, reshape, slice, stack, sum, util, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { dispatch, valueBelow } from '../core/dispatch';
import { engine, withScope, type CustomGradCall, type KernelInputs } from '../core/engine';
import { describeAval } from '../core/errors';
import { handOver } from '../core/holdings';
import { inputAt, mapInputs } from '../core/inputs';
import { defineBatching, ruleOf, type Attrs, type Batched, type Named } from '../core/rule';
import { Trace } from '../core/trace';
import { makeTracer, type Tracer } from '../core/tracer';
import '../rules/batching';
import { withBatch } from '../rules/families/batching';
import { batching as customDerivative } from './customDerivative';

defineBatching(customDerivative);

interface Payload {
  /** The whole batch, mapped axis in front. */
  readonly value: Tensor;
}

const warned = new Set<string>();

/** The interpreter of vmap: every tensor stands for one example, and kernels run on whole batches. */
export class BatchTrace extends Trace {
  override readonly maps = true;

  constructor(
    name: string,
    /** Length of the mapped axis. */
    readonly size: number,
  ) {
    super(name);
  }

  /** Makes a tracer of one example of a batch. */
  example(value: Tensor): Tracer {
    const payload: Payload = { value: this.holdings.hold(value) };
    return makeTracer(this, value, { shape: value.shape.slice(1), dtype: value.dtype }, payload, [
      payload.value,
    ]);
  }

  override valueOf(tracer: Tracer): Tensor {
    return (tracer.payload as Payload).value;
  }

  /** A tensor met by the body: a whole batch, or the same for every example. */
  output(tensor: Tensor): Batched {
    return this.owns(tensor)
      ? { value: this.valueOf(tensor), batched: true }
      : { value: valueBelow(tensor), batched: false };
  }

  override process(kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[] {
    const named: Named<Batched> = {};
    for (const name in inputs) {
      const input = inputAt(inputs, name);
      if (input != null) named[name] = this.output(input);
    }
    const { size } = this;
    const call = { kernel, inputs: named, list: Array.isArray(inputs), size, attrs, map: runBatch };
    const result = ruleOf(kernel)?.batch?.(call) ?? this.loop(kernel, inputs, attrs);
    return Array.isArray(result) ? result.map((t) => this.example(t)) : this.example(result);
  }

  /** The function's own gradient on whole batches: a custom gradient one level down, of the batched forward pass. */
  override processCustomGrad(call: CustomGradCall): Tensor {
    const inputs: Record<string, Tensor> = {};
    for (const name in call.inputs) inputs[name] = this.output(call.inputs[name]!).value;
    const savedBatched: boolean[] = [];
    let batchedResult = true;
    const y = engine().runKernelFunc({
      inputs,
      forwardFunc: (backend, save) => {
        const out = call.forwardFunc(backend, (tensors) => {
          const saved = tensors.map((t) => this.output(t));
          saved.forEach(({ batched }, i) => (savedBatched[i] = batched));
          save(saved.map(({ value }) => value));
        });
        const { value, batched } = this.output(out);
        batchedResult = batched;
        // The tidy scope around this function disposes `out`, and with it the value that it holds.
        return clone(value);
      },
      backwardsFunc: (dy, saved) =>
        this.again(() => {
          const gradients = call.backwardsFunc(
            batchedResult ? this.example(dy) : dy,
            saved.map((t, i) => (savedBatched[i] ? this.example(t) : t)),
          );
          const whole: Record<string, () => Tensor> = {};
          for (const name in gradients)
            whole[name] = () => this.again(() => this.cotangent(gradients[name]!(), call.inputs[name]!));
          return whole;
        }),
    });
    return batchedResult ? this.example(y) : y;
  }

  dispose(): void {
    this.phase = 'closed';
    this.holdings.releaseAll();
  }

  override explainUnreadable(tracer: Tracer, method: string): string {
    return (
      `${this.name}: ${method} needs the values of a tensor that stands for every example of a batch at once (${describeAval(tracer)}). ` +
      'Use tf.where for choices that depend on data, or return the tensor.'
    );
  }

  /** A gradient function may run after the body's end. */
  private again<T>(body: () => T): T {
    const { phase, revived } = this;
    this.phase = 'open';
    this.revived = true;
    try {
      return body();
    } finally {
      this.phase = phase;
      this.revived = revived;
    }
  }

  private cotangent(gradient: Tensor, input: Tensor): Tensor {
    const { value, batched } = this.output(gradient);
    if (this.owns(input)) return batched ? value : stack(new Array<Tensor>(this.size).fill(value));
    return batched ? sum(value, 0) : value;
  }

  /** The fallback: one kernel call per example. */
  private loop(kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[] {
    if (!warned.has(kernel)) {
      warned.add(kernel);
      console.warn(
        `${this.name}: kernel ${kernel} has no batching rule for this call, so it runs once per example.`,
      );
    }
    const at = (i: number): Tensor | Tensor[] =>
      dispatch(
        kernel,
        mapInputs(inputs, (t) => {
          const { value, batched } = this.output(t);
          if (!batched) return value;
          const rest = value.shape.slice(1);
          return reshape(slice(value, [i, ...rest.map(() => 0)], [1, ...rest]), rest);
        }),
        attrs,
      );
    const results = Array.from({ length: this.size }, (_, i) => at(i));
    const [first] = results;
    if (first === undefined) return this.empty(kernel, inputs, attrs);
    if (!Array.isArray(first)) return this.together(kernel, results as Tensor[]);
    return first.map((_, k) =>
      this.together(
        kernel,
        (results as Tensor[][]).map((outputs) => outputs[k]!),
      ),
    );
  }

  private together(kernel: string, results: Tensor[]): Tensor {
    const [first] = results;
    const other = results.find(({ shape }) => !util.arraysEqual(shape, first!.shape));
    if (other)
      throw new Error(
        `${this.name}: kernel ${kernel} gave [${first!.shape.join(',')}] for one example and [${other.shape.join(',')}] for another, ` +
          'so the shape of its output depends on values and the examples make no batch.',
      );
    return stack(results);
  }

  private empty(kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[] {
    const shape = ruleOf(kernel)?.shape;
    if (!shape) throw new Error(`${this.name}: kernel ${kernel} can't run on a batch of 0 examples.`);
    const avals = shape({ kernel, inputs: inputs as Record<string, Tensor>, attrs, infer: () => [] });
    const make = (aval: { shape: readonly number[]; dtype: Tensor['dtype'] }): Tensor =>
      zeros([0, ...aval.shape], aval.dtype);
    return Array.isArray(avals) ? avals.map(make) : make(avals);
  }
}

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
