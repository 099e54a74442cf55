import type { Tensor } from '@tensorflow/tfjs-core';
import { transparently } from '../core/customGrad';
import { dispatch, valueBelow } from '../core/dispatch';
import { engine, type CustomGradCall, type KernelInputs } from '../core/engine';
import { inputAt, mapInputs } from '../core/inputs';
import { Provenance } from '../core/provenance';
import { ruleOf, type Attrs } from '../core/rule';
import { Trace } from '../core/trace';
import { makeTracer, type Tracer } from '../core/tracer';
import { correctedKernel } from './correction';
import { layerKinds, type LayerKind } from './layer';
import { ridgeOf, type TractOptions } from './options';
import { runCheckpoint } from './checkpoint';
import { SharedWeight, type Use } from './sharing';

/**
 * How a tensor depends on the parameters.
 *
 * weight: computed from parameters alone. frozen: likewise, but with no derivative. activation: behind a first layer; what happens to it is
 * a later layer's business, also where it meets data again (a graph's adjacency matrix).
 */
type Role = 'weight' | 'frozen' | 'activation';

interface Payload {
  readonly value: Tensor;
  readonly role: Role;
  /** Equal for equal weights: a layer that reshapes or normalises its weight at every call uses one weight all the same. */
  readonly key: number;
  /** Paths of the parameters that a weight is computed from. */
  readonly sources: readonly string[];
}

/** Kernels that are functions of their own, whose inside is not seen. */
const OPAQUE = new Set(['CustomDerivative', 'customGrad']);

/**
 * Follows what depends on the parameters. Where a parameter meets data that does not in a linear kernel, that kernel is a first layer,
 * and runs with its gradient corrected; everything else runs as it is.
 */
export class TractTrace extends Trace {
  override readonly readable = true;
  override readonly rematerialises = true;
  /** All first layers, in the order in which they were found. */
  uses: Use[] = [];
  /** The weights that met data, by key and shape of the layer. */
  readonly weights = new Map<string, SharedWeight>();
  /** Called for every kernel that runs on what depends on parameters. */
  onKernel?: (kernel: string, inputs: KernelInputs, result: Tensor | Tensor[]) => void;
  private readonly keys = new Provenance();
  /** While a checkpointed function runs again: the uses that its first run found. */
  private known: readonly Use[] | undefined;

  constructor(
    name: string,
    private readonly options: TractOptions,
  ) {
    super(name);
  }

  parameter(value: Tensor, path: string): Tracer {
    return this.tracer(value, 'weight', this.keys.fresh(), [path]);
  }

  /** Runs the body, watching what it makes: constants are compared by how they came about. */
  run<T>(body: () => T): T {
    return this.keys.watch(body);
  }

  /** Makes tracers that are to the trace what this one is. */
  standIn(tracer: Tracer): (value: Tensor) => Tracer {
    const { role, key, sources } = payloadOf(tracer);
    return (value) => this.tracer(value, role, key, sources);
  }

  /** Runs a part of the body after its end, once more: it finds the same uses. */
  again<T>(known: readonly Use[], body: () => T): { results: T; uses: Use[] } {
    const before = { phase: this.phase, revived: this.revived, known: this.known, uses: this.uses };
    Object.assign(this, { phase: 'open', revived: true, known, uses: [] });
    try {
      return { results: body(), uses: this.uses };
    } finally {
      Object.assign(this, before);
    }
  }

  override valueOf(tracer: Tracer): Tensor {
    return payloadOf(tracer).value;
  }

  output(tensor: Tensor): Tensor {
    return this.owns(tensor) ? this.valueOf(tensor) : valueBelow(tensor);
  }

  override process(kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[] {
    const rule = ruleOf(kernel);
    if (rule?.inline) return rule.inline(Object.values(inputs) as Tensor[], attrs);
    if (rule?.rematerialise) return runCheckpoint(this, Object.values(inputs) as Tensor[], attrs);
    const lower = mapInputs(inputs, (t) => (this.owns(t) ? this.valueOf(t) : t));
    const kind = layerKinds(kernel).find((k) => this.isFirstLayer(k, inputs));
    if (kind)
      return this.correct(kind, inputs as Record<string, Tensor>, lower as Record<string, Tensor>, attrs);
    const result = dispatch(kernel, lower, attrs);
    this.onKernel?.(kernel, lower, result);
    const role = this.roleOf(kernel, inputs);
    if (!role) return result;
    const names = role === 'activation' ? undefined : this.namesOf(inputs);
    const sources = names ? this.sourcesOf(inputs) : [];
    const wrap = (t: Tensor, position: number): Tracer =>
      this.tracer(t, role, names ? this.keys.result(kernel, names, attrs, position) : -1, sources);
    return Array.isArray(result) ? result.map(wrap) : wrap(result, 0);
  }

  override processCustomGrad(call: CustomGradCall): Tensor {
    const inputs: Record<string, Tensor> = {};
    for (const name in call.inputs) inputs[name] = this.output(call.inputs[name]!);
    const y = engine().runKernelFunc({
      inputs,
      forwardFunc: (backend, save) =>
        transparently(this, () =>
          valueBelow(call.forwardFunc(backend, (tensors) => save(tensors.map(valueBelow)))),
        ),
      backwardsFunc: (dy, saved) => {
        const gradients = transparently(this, () => call.backwardsFunc(dy, saved));
        return Object.fromEntries(
          Object.entries(gradients).map(([name, g]) => [
            name,
            () => transparently(this, () => valueBelow(g())),
          ]),
        );
      },
    });
    return this.tracer(
      y,
      this.roleOf('customGrad', call.inputs) ?? 'activation',
      this.keys.fresh(),
      this.sourcesOf(call.inputs),
    );
  }

  dispose(): void {
    this.phase = 'closed';
    this.holdings.releaseAll();
  }

  override explainUnreadable(tracer: Tracer, method: string): string {
    return `${this.name}: ${method} can't take a tensor that depends on the parameters (${tracer.dtype}[${tracer.shape.join(',')}]).`;
  }

  private tracer(value: Tensor, role: Role, key: number, sources: readonly string[]): Tracer {
    const payload: Payload = { value: this.holdings.hold(value), role, key, sources };
    return makeTracer(this, payload.value, payload.value, payload, [payload.value]);
  }

  private isFirstLayer({ weight, data }: LayerKind, inputs: KernelInputs): boolean {
    const w = inputAt(inputs, weight);
    return this.owns(w) && payloadOf(w).role === 'weight' && !this.owns(inputAt(inputs, data));
  }

  /** The role of a kernel's outputs; none where derivatives with respect to the parameters end. */
  private roleOf(kernel: string, inputs: KernelInputs): Role | undefined {
    const roles = new Set<Role | 'data'>();
    for (const name in inputs) {
      const t = inputAt(inputs, name);
      if (t != null) roles.add(this.owns(t) ? payloadOf(t).role : 'data');
    }
    const isConstant = ruleOf(kernel)?.constant;
    if (roles.has('activation')) return isConstant ? undefined : 'activation';
    if (roles.has('data') && OPAQUE.has(kernel)) return 'activation';
    if (roles.has('weight')) return isConstant ? 'frozen' : 'weight';
    // A frozen weight on data: features like any other data.
    return roles.has('data') && layerKinds(kernel).length > 0 ? undefined : 'frozen';
  }

  private namesOf(inputs: KernelInputs): string[] {
    return Object.entries(inputs).map(([name, t]: [string, Tensor | undefined]) => {
      if (t == null) return name;
      return `${name}:${this.owns(t) ? payloadOf(t).key : `#${this.keys.of(t)}`}`;
    });
  }

  private correct(
    kind: LayerKind,
    inputs: Record<string, Tensor>,
    lower: Record<string, Tensor>,
    attrs: Attrs,
  ): Tensor {
    const { kernel } = kind;
    const layer = kind.layer(lower, attrs);
    const { key, sources } = payloadOf(inputs[kind.weight] as Tracer);
    const weight =
      this.known?.[this.uses.length]!.weight ??
      this.weightOf([kernel, key, layer.n, layer.m, layer.orientation].join());
    const [z, token] = correctedKernel(
      kind,
      layer,
      lower,
      attrs,
      ridgeOf(this.options),
      weight,
      this.options,
    );
    const keep = (t: Tensor): Tensor => (this.known ? t : this.holdings.hold(t));
    const use: Use = { kernel, sources, weight, layer, data: keep(lower[kind.data]!), token: keep(token) };
    this.uses.push(use);
    this.onKernel?.(kernel, lower, z);
    if (!this.known) weight.addUse(use);
    return this.tracer(z, 'activation', -1, []);
  }

  private sourcesOf(inputs: KernelInputs): string[] {
    const all = Object.values(inputs).flatMap((t: Tensor | undefined) =>
      t != null && this.owns(t) ? payloadOf(t).sources : [],
    );
    return [...new Set(all)];
  }

  private weightOf(name: string): SharedWeight {
    let weight = this.weights.get(name);
    if (!weight) this.weights.set(name, (weight = new SharedWeight(this.name, this.options)));
    return weight;
  }
}

function payloadOf(tracer: Tracer): Payload {
  return tracer.payload as Payload;
}
