import { scalar, Tensor } from '@tensorflow/tfjs-core';
import { transparently } from '../core/customGrad';
import { dispatch, valueBelow } from '../core/dispatch';
import { engine, type CustomGradCall, type KernelInputs } from '../core/engine';
import { inputAt, mapInputs } from '../core/inputs';
import { ruleOf, type Attrs } from '../core/rule';
import { Trace } from '../core/trace';
import { makeTracer, type Tracer } from '../core/tracer';
import { correctedKernel } from './correction';
import { Keys } from './keys';
import { layerKinds, type LayerKind, type LinearLayer } from './layer';
import type { TractOptions } from './options';
import { SharedWeight } from './sharing';

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
  /** See `Keys`. */
  readonly key: number;
}

/** A first layer as it was found: see tract.describe. */
export interface FoundLayer {
  readonly kernel: string;
  readonly layer: LinearLayer;
  /** The data of the use, one level below the trace. */
  readonly data: Tensor;
}

/**
 * Follows what depends on the parameters. Where a parameter meets data that does not in a linear kernel, that kernel is a first layer,
 * and runs with its gradient corrected; everything else runs as it is.
 */
export class TractTrace extends Trace {
  override readonly readable = true;
  readonly found: FoundLayer[] = [];
  /** The weights that met data, by key and shape of the layer. */
  readonly weights = new Map<string, SharedWeight>();
  /** Called for every kernel that runs on what depends on parameters. */
  onKernel?: (kernel: string, inputs: KernelInputs, result: Tensor | Tensor[]) => void;
  private readonly keys = new Keys();

  constructor(
    name: string,
    private readonly options: TractOptions,
  ) {
    super(name);
  }

  parameter(value: Tensor): Tracer {
    return this.tracer(value, 'weight', this.keys.fresh());
  }

  override valueOf(tracer: Tracer): Tensor {
    return payloadOf(tracer).value;
  }

  output(tensor: Tensor): Tensor {
    return this.owns(tensor) ? this.valueOf(tensor) : valueBelow(tensor);
  }

  override process(kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[] {
    const lower = mapInputs(inputs, (t) => (this.owns(t) ? this.valueOf(t) : t));
    const kind = layerKinds(kernel).find((k) => this.isFirstLayer(k, inputs));
    if (kind)
      return this.correct(kind, inputs as Record<string, Tensor>, lower as Record<string, Tensor>, attrs);
    const result = dispatch(kernel, lower, attrs);
    this.onKernel?.(kernel, lower, result);
    const role = this.roleOf(kernel, inputs);
    if (!role) return result;
    const name = role === 'activation' ? undefined : this.namesOf(inputs);
    const wrap = (t: Tensor, position: number): Tracer =>
      this.tracer(t, role, name ? this.keys.result(kernel, name, attrs, position) : -1);
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
    return this.tracer(y, this.roleOf('customGrad', call.inputs) ?? 'activation', this.keys.fresh());
  }

  dispose(): void {
    this.phase = 'closed';
    this.holdings.releaseAll();
  }

  override explainUnreadable(tracer: Tracer, method: string): string {
    return `${this.name}: ${method} can't take a tensor that depends on the parameters (${tracer.dtype}[${tracer.shape.join(',')}]).`;
  }

  private tracer(value: Tensor, role: Role, key: number): Tracer {
    const payload: Payload = { value: this.holdings.hold(value), role, key };
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
    if (roles.has('weight')) return isConstant ? 'frozen' : 'weight';
    // A frozen weight on data: features like any other data.
    return roles.has('data') && layerKinds(kernel).length > 0 ? undefined : 'frozen';
  }

  private namesOf(inputs: KernelInputs): string[] {
    return Object.entries(inputs).map(([name, t]: [string, Tensor | undefined]) => {
      if (t == null) return name;
      return `${name}:${this.owns(t) ? payloadOf(t).key : this.keys.constant(t)}`;
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
    const { key } = payloadOf(inputs[kind.weight] as Tracer);
    const weight = this.weightOf([kernel, kind.weight, key, layer.n, layer.m, layer.orientation].join());
    const { lambda } = this.options;
    const ridge = lambda instanceof Tensor ? lambda : scalar(lambda);
    const [z, token] = correctedKernel(kind, layer, lower, attrs, ridge, weight, this.options);
    const data = this.holdings.hold(lower[kind.data]!);
    this.found.push({ kernel, layer, data });
    this.onKernel?.(kernel, lower, z);
    weight.addUse({ layer, data, token: this.holdings.hold(token) });
    return this.tracer(z, 'activation', -1);
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
