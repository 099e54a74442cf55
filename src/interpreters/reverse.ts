import { add, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { runCustomGradForward, transparently } from '../core/customGrad';
import { dispatch, valueBelow } from '../core/dispatch';
import { withScope, type CustomGradCall, type KernelInputs } from '../core/engine';
import { inputAt as at, mapInputs } from '../core/inputs';
import { detach, handOver, Holdings } from '../core/holdings';
import {
  isDifferentiable,
  ruleOf,
  type Attrs,
  type Aval,
  type Cotangent,
  type Named,
  type Rematerialised,
  type Residuals,
  type Rule,
} from '../core/rule';
import { Trace } from '../core/trace';
import { makeTracer, type Tracer } from '../core/tracer';

/** Where a cotangent goes: an output slot of a step of the tape. */
interface Edge {
  readonly step: Step;
  readonly slot: number;
}

/** One step of the tape: how cotangents of its outputs become cotangents of what it was computed from. */
interface Step {
  readonly order: number;
  readonly outputs: readonly Aval[];
  readonly parents: readonly Edge[];
  /** Cotangents of the parents, in their order. Null is zero. */
  pull: ((cts: (Tensor | null)[]) => (Tensor | null)[]) | null;
  /** Tensors held for `pull`. */
  held: Tensor[];
}

interface Payload {
  readonly value: Tensor;
  readonly edge: Edge;
}

/** The interpreter of reverse mode: it runs kernels one level down and records, for those on the way from a leaf, how to pull cotangents back. */
export class ReverseTrace extends Trace {
  override readonly readable = true;
  override readonly rematerialises = true;
  /** While a checkpointed function runs: the tracers that it meets in its closure. */
  private met: Set<Tracer> | null = null;
  /** While it runs again: what these stand for now. */
  private standIns: Map<Tracer, Tensor> | null = null;
  private tape: Step[] = [];
  private readonly leaves: Step[] = [];

  /** Makes an input with respect to which the tape differentiates. */
  leaf(value: Tensor): Tracer {
    const step = this.record([value], [], null, []);
    this.leaves.push(step);
    return this.tracer(this.holdings.hold(value), { step, slot: 0 });
  }

  override valueOf(tracer: Tracer): Tensor {
    this.met?.add(tracer);
    return this.standIns?.get(tracer) ?? (tracer.payload as Payload).value;
  }

  /** The value of a result of the body, and its place on the tape (none: it does not depend on the leaves). */
  output(tensor: Tensor): { value: Tensor; edge: Edge | null } {
    if (!this.owns(tensor)) return { value: valueBelow(tensor), edge: null };
    return tensor.payload as Payload;
  }

  override process(kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[] {
    const rule = ruleOf(kernel);
    const lower = mapInputs(inputs, (t) => (this.owns(t) ? this.valueOf(t) : t));
    if (rule?.rematerialise) return this.processCheckpoint(rule.rematerialise(attrs), inputs as Tensor[]);
    if (rule?.differentiate) return this.processAugmented(rule.differentiate, inputs, lower, attrs);
    const result = dispatch(kernel, lower, attrs);
    if (rule?.constant) return result;
    const outputs = Array.isArray(result) ? result : [result];
    const names = Object.keys(inputs).filter((name) => this.isLive(at(inputs, name)));
    if (names.length === 0 || !outputs.some(isDifferentiable)) return result;
    if (!rule?.vjp)
      throw new Error(`${this.name}: kernel ${kernel} has no rule for reverse-mode derivatives.`);
    const cotangents = new Map<string, Cotangent>();
    for (const name of names) {
      const cotangent = cotangentOf(rule, name);
      if (cotangent) cotangents.set(name, cotangent);
    }
    if (cotangents.size === 0) return result;

    const values = outputs.map((t) => (isDifferentiable(t) ? this.holdings.hold(t) : t));
    const held: Tensor[] = [];
    const residuals = this.residuals(cotangents.values(), lower, values, attrs, held);
    const pulls = [...cotangents.values()];
    const parents = [...cotangents.keys()].map((name) => this.edgeOf(at(inputs, name)));
    const step = this.record(
      values,
      parents,
      (cts) => {
        const filled = fillZeros(cts, step.outputs);
        return pulls.map((cotangent) => cotangent.pull(filled[0]!, residuals, filled));
      },
      held,
    );
    const tracers = values.map((value, slot) =>
      isDifferentiable(value) ? this.tracer(value, { step, slot }) : value,
    );
    return Array.isArray(result) ? tracers : tracers[0]!;
  }

  override processCustomGrad(call: CustomGradCall): Tensor {
    const { y, saved, held } = runCustomGradForward(this, call);
    const names = Object.keys(call.inputs).filter((name) => this.isLive(call.inputs[name]!));
    const value = this.holdings.hold(y);
    const step = this.record(
      [value],
      names.map((name) => this.edgeOf(call.inputs[name]!)),
      ([dy]) => {
        const gradients = call.backwardsFunc(dy!, saved);
        return names.map((name) => valueBelow(gradients[name]!()));
      },
      held,
    );
    return this.tracer(value, { step, slot: 0 });
  }

  /**
   * Pulls cotangents of outputs back to the leaves.
   *
   * @param once the tape is not needed again: what each step holds is let go as soon as it is past
   * @returns for each leaf its cotangent, detached (see `handOver`), or null for zero
   */
  backward(seeds: { edge: Edge; ct: Tensor }[], once: boolean): (Tensor | null)[] {
    const live = new Holdings();
    const pending: (Tensor | null)[][] = [];
    const receive = ({ step, slot }: Edge, ct: Tensor): void => {
      const cts = (pending[step.order] ??= new Array<Tensor | null>(step.outputs.length).fill(null));
      const sum = cts[slot];
      cts[slot] = live.hold(sum ? add(sum, ct) : ct);
      if (sum) live.release(sum);
    };
    const before = this.phase;
    this.phase = 'transparent';
    try {
      withScope('pullback', () => {
        for (const { edge, ct } of seeds) receive(edge, ct);
      });
      for (let i = this.tape.length - 1; i >= 0; i--) {
        const step = this.tape[i]!;
        const cts = pending[i];
        if (cts && step.pull) {
          const { pull, parents } = step;
          withScope('pullback', () => {
            pull(cts).forEach((ct, k) => {
              if (ct) receive(parents[k]!, ct);
            });
          });
          for (const ct of cts) if (ct) live.release(ct);
        }
        if (once) this.forget(step);
      }
      return this.leaves.map(({ order }) => {
        const ct = pending[order]?.[0];
        return ct ? live.take(ct) : null;
      });
    } finally {
      this.phase = before;
      live.releaseAll();
    }
  }

  /** Ends the trace: everything it holds is disposed. */
  dispose(): void {
    this.phase = 'closed';
    this.tape = [];
    this.holdings.releaseAll();
  }

  override explainUnreadable(tracer: Tracer, method: string): string {
    return `${this.name}: ${method} can't take a tensor that is being differentiated (${tracer.dtype}[${tracer.shape.join(',')}]).`;
  }

  /** A primitive with a derivative program of its own (custom rules, checkpoints, jitted calls) gives outputs and pullback together. */
  private processAugmented(
    differentiate: NonNullable<Rule['differentiate']>,
    inputs: KernelInputs,
    lower: KernelInputs,
    attrs: Attrs,
  ): Tensor[] {
    const names = Object.keys(inputs);
    const wanted = names.map((name) => this.isLive(at(inputs, name)));
    const { outputs, residuals, pullback } = differentiate(Object.values(lower) as Tensor[], attrs, wanted);
    if (!wanted.includes(true)) return outputs;
    const values = outputs.map((t) => (isDifferentiable(t) ? this.holdings.hold(t) : t));
    const held = residuals.map((t) => this.holdings.hold(t));
    const live = names.filter((_, i) => wanted[i]);
    const step = this.record(
      values,
      live.map((name) => this.edgeOf(at(inputs, name))),
      (cts) => pullback(held, cts).filter((_, i) => wanted[i]),
      held,
    );
    return values.map((value, slot) =>
      isDifferentiable(value) ? this.tracer(value, { step, slot }) : value,
    );
  }

  /**
   * Keeps nothing but the inputs, and the tracers that the function closes over. The backward pass runs it again on a tape of its own, with
   * stand-ins for these.
   */
  private processCheckpoint(run: Rematerialised, inputs: Tensor[]): Tensor[] {
    const outer = this.met;
    const met = new Set<Tracer>();
    this.met = met;
    let outputs: Tensor[];
    try {
      const lower = inputs.map((t) => (this.owns(t) ? (t.payload as Payload).value : t));
      outputs = transparently(this, () =>
        withScope('checkpoint', () => run(lower).map((t) => detach(valueBelow(t)))),
      );
    } finally {
      this.met = outer;
    }
    handOver(outputs);
    const closed = [...met].filter((t) => !inputs.includes(t));
    const sources = [...inputs, ...closed];
    const wanted = sources.map((t) => this.isLive(t));
    if (!wanted.includes(true)) return outputs;
    const held = sources.map((t) => this.holdings.hold(this.owns(t) ? (t.payload as Payload).value : t));
    const values = outputs.map((t) => (isDifferentiable(t) ? this.holdings.hold(t) : t));
    const step = this.record(
      values,
      sources.filter((_, i) => wanted[i]).map((t) => this.edgeOf(t)),
      (cts) => this.runAgain(run, inputs.length, closed, held, wanted, cts),
      held,
    );
    return values.map((value, slot) =>
      isDifferentiable(value) ? this.tracer(value, { step, slot }) : value,
    );
  }

  private runAgain(
    run: Rematerialised,
    count: number,
    closed: readonly Tracer[],
    held: readonly Tensor[],
    wanted: readonly boolean[],
    cts: (Tensor | null)[],
  ): (Tensor | null)[] {
    const again = new ReverseTrace(this.name);
    const outer = this.standIns;
    try {
      const points = held.map((t, i) => (wanted[i] ? again.leaf(t) : t));
      this.standIns = new Map(closed.map((tracer, i) => [tracer, points[count + i]!]));
      const outputs = run(points.slice(0, count)).map((t) => again.output(valueBelow(t)));
      const seeds = outputs.flatMap(({ edge }, i) => (edge && cts[i] ? [{ edge, ct: cts[i] }] : []));
      const found = again.backward(seeds, true);
      handOver(found.filter((ct) => ct !== null));
      return found;
    } finally {
      this.standIns = outer;
      again.dispose();
    }
  }

  private residuals(
    cotangents: Iterable<Cotangent>,
    inputs: KernelInputs,
    outputs: Tensor[],
    attrs: Attrs,
    held: Tensor[],
  ): Residuals {
    const kept: Named<Tensor> = {};
    const keptOutputs: Tensor[] = [];
    for (const { reads, readsOutputs } of cotangents) {
      for (const name of reads ?? []) {
        const input = at(inputs, name);
        if (input && !kept[name]) held.push((kept[name] = this.holdings.hold(input)));
      }
      for (const i of readsOutputs ?? [])
        if (!keptOutputs[i]) held.push((keptOutputs[i] = this.holdings.hold(outputs[i]!)));
    }
    const avals: Named<Aval> = {};
    for (const name in inputs) {
      const input = at(inputs, name);
      if (input) avals[name] = { shape: input.shape, dtype: input.dtype };
    }
    return { inputs: kept, outputs: keptOutputs, avals, attrs };
  }

  private record(outputs: Tensor[], parents: Edge[], pull: Step['pull'], held: Tensor[]): Step {
    const avals = outputs.map(({ shape, dtype }) => ({ shape, dtype }));
    const step: Step = { order: this.tape.length, outputs: avals, parents, pull, held };
    this.tape.push(step);
    return step;
  }

  private forget(step: Step): void {
    for (const t of step.held) this.holdings.release(t);
    step.held = [];
    step.pull = null;
  }

  private tracer(value: Tensor, edge: Edge): Tracer {
    const payload: Payload = { value, edge };
    return makeTracer(this, value, value, payload, [value]);
  }

  private isLive(tensor: Tensor | undefined): boolean {
    return tensor !== undefined && this.owns(tensor) && isDifferentiable(tensor);
  }

  private edgeOf(tensor: Tensor): Edge {
    return ((tensor as Tracer).payload as Payload).edge;
  }
}

function cotangentOf(rule: Rule, name: string): Cotangent | undefined {
  return typeof rule.vjp === 'function' ? rule.vjp(name) : rule.vjp?.[name];
}

/** Rules of kernels with several outputs may rely on a cotangent for each. */
function fillZeros(cts: (Tensor | null)[], avals: readonly Aval[]): Tensor[] {
  return cts.map((ct, i) => ct ?? zeros(avals[i]!.shape as number[], 'float32'));
}
