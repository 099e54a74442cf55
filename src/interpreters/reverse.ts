import type { Tensor } from '@tensorflow/tfjs-core';
import { runCustomGradForward, transparently } from '../core/customGrad';
import { dispatch, valueBelow } from '../core/dispatch';
import type { CustomGradCall, KernelInputs } from '../core/engine';
import { inputAt as at, mapInputs } from '../core/inputs';
import {
  differentiatesWhole,
  isDifferentiable,
  ruleOf,
  type Attrs,
  type Aval,
  type Cotangent,
  type Named,
  type Residuals,
  type Rule,
} from '../core/rule';
import { share } from '../core/share';
import { Trace } from '../core/trace';
import { makeTracer, type Tracer } from '../core/tracer';
import { runCheckpoint } from './rematerialise';
import { fillZeros, Tape, type Edge, type Step } from './tape';

interface Payload {
  readonly value: Tensor;
  readonly edge: Edge;
}

/** The interpreter of reverse mode: it runs kernels one level down and records, for those on the way from a leaf, how to pull cotangents back. */
export class ReverseTrace extends Trace {
  override readonly readable = true;
  private readonly tape = new Tape(this.holdings);
  private readonly leaves: Step[] = [];

  /** @param isDry keeps nothing for a backward pass, which there will not be: it knows what depends on its leaves */
  constructor(
    name: string,
    private readonly isDry = false,
  ) {
    super(name);
  }

  /** Makes an input with respect to which the tape differentiates. */
  leaf(value: Tensor): Tracer {
    const own = this.holdings.hold(value);
    const step = this.tape.record([own], [], null, []);
    this.leaves.push(step);
    return this.tracer(own, { step, slot: 0 });
  }

  override takes(rule: Rule): boolean {
    return differentiatesWhole(rule) && !(this.isDry && rule.rematerialise);
  }

  override valueOf(tracer: Tracer): Tensor {
    return (tracer.payload as Payload).value;
  }

  /** The value of a result of the body, and its place on the tape (none: it does not depend on the leaves). */
  output(tensor: Tensor): { value: Tensor; edge: Edge | null } {
    return this.owns(tensor) ? (tensor.payload as Payload) : { value: valueBelow(tensor), edge: null };
  }

  override process(kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[] {
    const rule = ruleOf(kernel);
    if (rule?.rematerialise) return this.processCheckpoint(rule.rematerialise(attrs), inputs as Tensor[]);
    const lower = mapInputs(inputs, (t) => (this.owns(t) ? (t.payload as Payload).value : t));
    if (rule?.differentiate) return this.processAugmented(rule.differentiate, inputs, lower, attrs);
    const result = dispatch(kernel, lower, attrs);
    if (rule?.constant) return result;
    const outputs = Array.isArray(result) ? result : [result];
    if (!outputs.some(isDifferentiable)) return result;

    const pulls: Cotangent[] = [];
    const parents: Edge[] = [];
    for (const name in inputs) {
      const input = at(inputs, name);
      if (!this.isLive(input)) continue;
      if (!rule?.vjp) {
        throw new Error(`${this.name}: kernel ${kernel} has no rule for reverse-mode derivatives.`);
      }
      const cotangent = cotangentOf(rule.vjp, name);
      if (!cotangent) continue;
      pulls.push(cotangent);
      parents.push((input.payload as Payload).edge);
    }
    if (pulls.length === 0) return result;

    const values = outputs.map((t) => (isDifferentiable(t) ? this.holdings.hold(t) : t));
    const held: Tensor[] = [];
    const residuals = this.residuals(this.isDry ? [] : pulls, lower, values, attrs, held);
    const tracers = this.step(values, parents, held, (cts, step) => {
      const filled = fillZeros(cts, step.outputs);
      return pulls.map((cotangent) => cotangent.pull(filled[0]!, residuals, filled));
    });
    return Array.isArray(result) ? tracers : tracers[0]!;
  }

  override processCustomGrad(call: CustomGradCall): Tensor {
    const { y, saved, held } = runCustomGradForward(this, call);
    if (this.isDry) for (const t of held.splice(0)) this.holdings.release(t);
    const names = Object.keys(call.inputs).filter((name) => this.isLive(call.inputs[name]));
    const parents = names.map((name) => (call.inputs[name] as Tracer).payload.edge as Edge);
    const [tracer] = this.step([this.holdings.hold(y)], parents, held, ([dy]) => {
      const gradients = call.backwardsFunc(dy!, saved);
      return names.map((name) => valueBelow(gradients[name]!()));
    });
    return tracer!;
  }

  /** Pulls cotangents of outputs back to the leaves: see `Tape.backward`. */
  backward(seeds: readonly { edge: Edge; ct: Tensor }[], once: boolean): (Tensor | null)[] {
    return transparently(this, () => this.tape.backward(seeds, this.leaves, once));
  }

  /** Ends the trace: everything it holds is disposed. */
  dispose(): void {
    this.phase = 'closed';
    this.tape.clear();
    this.holdings.releaseAll();
  }

  override explainUnreadable(tracer: Tracer, method: string): string {
    return `${this.name}: ${method} can't take a tensor that is being differentiated (${tracer.dtype}[${tracer.shape.join(',')}]).`;
  }

  /** A primitive with a derivative program of its own (custom rules, jitted calls) gives outputs and pullback together. */
  private processAugmented(
    differentiate: NonNullable<Rule['differentiate']>,
    inputs: KernelInputs,
    lower: KernelInputs,
    attrs: Attrs,
  ): Tensor[] {
    const given = Object.values(inputs) as Tensor[];
    const wanted = given.map((t) => this.isLive(t));
    const { outputs, residuals, pullback } = differentiate(Object.values(lower) as Tensor[], attrs, wanted);
    if (!wanted.includes(true)) return outputs;
    const values = outputs.map((t) => (isDifferentiable(t) ? this.holdings.hold(t) : t));
    const held = this.isDry ? [] : residuals.map((t) => this.holdings.hold(t));
    return this.step(values, this.edges(given, wanted), held, (cts) =>
      pullback(held, cts).filter((_, i) => wanted[i]),
    );
  }

  private processCheckpoint(run: (inputs: Tensor[]) => Tensor[], inputs: Tensor[]): Tensor[] {
    const { outputs, sources, again } = runCheckpoint(this, run, inputs);
    const wanted = sources.map((t) => this.isLive(t));
    if (!wanted.includes(true)) return outputs;
    const held = sources.map((t) => this.holdings.hold(this.owns(t) ? (t.payload as Payload).value : t));
    const values = outputs.map((t) => (isDifferentiable(t) ? this.holdings.hold(t) : t));
    return this.step(values, this.edges(sources, wanted), held, (cts) => again(held, wanted, cts));
  }

  /** Records a step, and makes the tracers of its outputs; integer outputs are constants. */
  private step(
    values: Tensor[],
    parents: Edge[],
    held: Tensor[],
    pull: (cts: (Tensor | null)[], step: Step) => (Tensor | null)[],
  ): Tensor[] {
    const step: Step = this.tape.record(values, parents, (cts) => pull(cts, step), held);
    return values.map((value, slot) =>
      isDifferentiable(value) ? this.tracer(value, { step, slot }) : value,
    );
  }

  private residuals(
    pulls: readonly Cotangent[],
    inputs: KernelInputs,
    outputs: Tensor[],
    attrs: Attrs,
    held: Tensor[],
  ): Residuals {
    const kept: Named<Tensor> = {};
    const keptOutputs: Tensor[] = [];
    for (const { reads, readsOutputs } of pulls) {
      if (reads) {
        for (const name of reads) {
          const input = at(inputs, name);
          if (input && !kept[name]) held.push((kept[name] = this.holdings.hold(input)));
        }
      }
      if (readsOutputs) {
        for (const i of readsOutputs) {
          const output = outputs[i]!;
          // An integer output goes to the body as it is, so the tape needs one of its own.
          if (!keptOutputs[i]) {
            held.push(
              (keptOutputs[i] = this.holdings.hold(isDifferentiable(output) ? output : share(output))),
            );
          }
        }
      }
    }
    return { inputs: kept, outputs: keptOutputs, avals: inputs as Named<Aval>, attrs };
  }

  private edges(sources: readonly Tensor[], wanted: readonly boolean[]): Edge[] {
    return sources.filter((_, i) => wanted[i]).map((t) => ((t as Tracer).payload as Payload).edge);
  }

  private tracer(value: Tensor, edge: Edge): Tracer {
    const payload: Payload = { value, edge };
    return makeTracer(this, value, value, payload, [value]);
  }

  private isLive(tensor: Tensor | undefined): tensor is Tracer {
    return tensor !== undefined && tensor !== null && this.owns(tensor) && isDifferentiable(tensor);
  }
}

function cotangentOf(vjp: NonNullable<Rule['vjp']>, name: string): Cotangent | undefined {
  return typeof vjp === 'function' ? vjp(name) : vjp[name];
}
