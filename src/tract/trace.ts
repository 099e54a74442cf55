import type { Tensor } from '@tensorflow/tfjs-core';
import { transparently } from '../core/customGrad';
import { dispatch, valueBelow } from '../core/dispatch';
import { engine, type CustomGradCall, type KernelInputs } from '../core/engine';
import { inputAt, mapInputs } from '../core/inputs';
import { Provenance } from '../core/provenance';
import { differentiatesWhole, ruleOf, type Attrs, type Rule } from '../core/rule';
import { withoutHiddenRandomness } from '../core/hiddenRandomness';
import { Holdings } from '../core/holdings';
import { nextLevel, Trace } from '../core/trace';
import { makeTracer, type Tracer } from '../core/tracer';
import { isCorrected } from './correction';
import { runFirstLayer } from './firstLayer';
import { layerKinds, type LayerKind, type LinearLayer } from './layer';
import type { TractOptions } from './options';
import { runCheckpoint } from './checkpoint';
import { runBranch } from './branch';
import { runLoop } from './loop';
import { roleAfter, type Part, type Role } from './roles';
import type { SharedWeight, Use } from './sharing';

interface Payload extends Part {
  readonly value: Tensor;
}

/**
 * Follows what depends on the parameters. Where a parameter meets data that does not in a linear kernel, that kernel is a first layer,
 * and runs with its gradient corrected; everything else runs as it is.
 */
export class TractTrace extends Trace {
  override readonly readable = true;
  /** All first layers, in the order in which they were found. */
  uses: Use[] = [];
  /** The weights that met data, by key and shape of the layer. */
  readonly weights: Map<string, SharedWeight>;
  /** Whether a layer was met that a tract inside corrects. */
  hasCorrected = false;
  /** Called for every kernel that runs on what depends on parameters, with the number of times that it does. */
  onKernel?: (kernel: string, inputs: KernelInputs, result: Tensor | Tensor[], times: number) => void;
  /** What later uses of a weight take in its place. */
  later: Map<SharedWeight, Tensor>;
  private readonly keys: Provenance;
  /** While the body, or a checkpointed function in it, runs again: the uses that its first run found. */
  private known: readonly Use[] | undefined;
  /** Whether the body runs with the A of every weight that has several uses. */
  isGiven = false;

  /** @param outer for the body of a loop or a branch: the trace around it */
  constructor(
    name: string,
    readonly options: TractOptions,
    readonly outer?: TractTrace,
  ) {
    super(name);
    this.weights = outer?.weights ?? new Map<string, SharedWeight>();
    this.later = new Map(outer?.later);
    this.keys = outer?.keys ?? new Provenance();
    this.known = outer?.known?.slice(outer.uses.length);
    this.isGiven = outer?.isGiven ?? false;
  }

  parameter(value: Tensor, path: string): Tracer {
    return this.tracer(value, 'weight', this.keys.fresh(), [path]);
  }

  /** Runs the body, watching what it makes: constants are compared by how they came about. */
  run<T>(body: () => T): T {
    return this.keys.watch(body);
  }

  /** Whether the body runs for the second time. */
  get isSecond(): boolean {
    return this.known !== undefined;
  }

  /** Runs the body for the second time, with what its first run found of weights that have several uses. */
  secondly<T>(body: () => T): T {
    for (const weight of this.weights.values())
      if (weight.isShared && !weight.isFixed) weight.given = this.holdings.hold(weight.message());
    this.known = this.uses;
    this.isGiven = true;
    this.uses = [];
    this.later = new Map();
    const result = withoutHiddenRandomness(
      (op) =>
        new Error(
          `${this.name}: tf.${op} would draw other numbers when the function runs for the second time, as it has to here: the Gram matrix of a layer with ` +
            'several uses is needed before the first of them. Take a key as an argument and draw with random.*, or draw outside the function.',
        ),
      body,
    );
    if (this.uses.length !== this.known.length) throw this.foundOthers();
    return result;
  }

  /** What a tensor is to the trace; undefined for data. */
  part(tensor: Tensor): Part | undefined {
    return this.owns(tensor) ? payloadOf(tensor) : undefined;
  }

  /** A tracer that is to the trace what another is to this one or the one around it; for data, the value itself. */
  as(part: Part | undefined, value: Tensor): Tensor {
    return part ? this.tracer(value, part.role, part.key, part.sources) : value;
  }

  /** A part like another, for a value that comes anew. */
  anew(part: Part | undefined): Part | undefined {
    if (!part) return undefined;
    const { role, sources } = part;
    return { role, sources, key: role === 'activation' ? -1 : this.keys.fresh() };
  }

  /** What its first run found where the body, running again, meets a first layer; undefined in the first run. */
  expected(kernel: string, { n }: LinearLayer): Use | undefined {
    const use = this.known?.[this.uses.length];
    if (this.known && (use?.kernel !== kernel || use.layer.n !== n)) throw this.foundOthers();
    return use;
  }

  /** Takes in a use that a loop or a branch has. */
  addUse(use: Use): void {
    this.uses.push(use);
    // Of a loop in a loop, those of the outer one are uses of the weight.
    if (!this.outer) use.weight.uses.push(use);
  }

  /** Runs a part of the body whose tensors are its own: uses outside can't take what it has for later ones. */
  apart<T>(body: () => T): T {
    const { later } = this;
    this.later = new Map();
    try {
      return body();
    } finally {
      this.later = later;
    }
  }

  /** Runs a part of the body after its end, once more: it finds the same uses. */
  again<T>(known: readonly Use[], body: () => T): T {
    const { phase, revived, uses, holdings } = this;
    const before = { phase, revived, uses, holdings, known: this.known };
    Object.assign(this, { phase: 'open', revived: true, known, uses: [] });
    this.holdings = new Holdings();
    try {
      return this.above(() => this.apart(body));
    } finally {
      this.holdings.handOverAll();
      Object.assign(this, before);
    }
  }

  /** Runs a part of the body on the tracers of a trace that is below, though it began later. */
  above<T>(body: () => T): T {
    const { level } = this;
    this.level = nextLevel();
    try {
      return body();
    } finally {
      this.level = level;
    }
  }

  /** What reverse mode takes: the trace around this one, as a rule. */
  override takes(rule: Rule): boolean {
    return differentiatesWhole(rule);
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
    if (rule?.withBody) return runLoop(this, kernel, Object.values(inputs) as Tensor[], attrs);
    if (rule?.withBranches) return runBranch(this, kernel, Object.values(inputs) as Tensor[], attrs);
    const lower = mapInputs(inputs, (t) => (this.owns(t) ? this.valueOf(t) : t));
    const kind = layerKinds(kernel).find((k) => this.isFirstLayer(k, inputs));
    if (kind) {
      const z = runFirstLayer(
        this,
        kind,
        payloadOf(inputAt(inputs, kind.weight) as Tracer),
        lower as Record<string, Tensor>,
        attrs,
      );
      this.onKernel?.(kernel, lower, z, 1);
      return this.tracer(z, 'activation', -1, []);
    }
    const result = dispatch(kernel, lower, attrs);
    if (isCorrected(kernel, attrs)) this.hasCorrected = true;
    this.onKernel?.(kernel, lower, result, 1);
    const role = this.roleOf(kernel, inputs);
    if (!role) return result;
    // A clone of a weight is that weight.
    if (kernel === 'Identity') return this.as(this.part(inputAt(inputs, 'x')), result as Tensor);
    const names = role === 'activation' ? undefined : this.namesOf(inputs);
    const sources = names ? this.sourcesOf(inputs) : [];
    const settings = names ? this.keys.settings(attrs) : '';
    const wrap = (t: Tensor, position: number): Tracer =>
      this.tracer(t, role, names ? this.keys.result(kernel, names, settings, position) : -1, sources);
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

  private roleOf(kernel: string, inputs: KernelInputs): Role | undefined {
    const roles = new Set<Role | 'data'>();
    for (const name in inputs) {
      const t = inputAt(inputs, name);
      if (t != null) roles.add(this.owns(t) ? payloadOf(t).role : 'data');
    }
    return roleAfter(kernel, roles);
  }

  private namesOf(inputs: KernelInputs): string[] {
    return Object.entries(inputs).map(([name, t]: [string, Tensor | undefined]) => {
      if (t == null) return name;
      return `${name}:${this.owns(t) ? payloadOf(t).key : `#${this.keys.of(t)}`}`;
    });
  }

  private foundOthers(): Error {
    return new Error(
      `${this.name}: the function found other first layers when it ran for the second time. It has to be pure.`,
    );
  }

  private sourcesOf(inputs: KernelInputs): string[] {
    const all = Object.values(inputs).flatMap((t: Tensor | undefined) =>
      t != null && this.owns(t) ? payloadOf(t).sources : [],
    );
    return [...new Set(all)];
  }
}

function payloadOf(tracer: Tracer): Payload {
  return tracer.payload as Payload;
}
