import { scalar, Tensor } from '@tensorflow/tfjs-core';
import { transparently } from '../core/customGrad';
import { dispatch, valueBelow } from '../core/dispatch';
import { engine, type CustomGradCall, type KernelInputs } from '../core/engine';
import { inputAt, mapInputs } from '../core/inputs';
import { ruleOf, type Attrs } from '../core/rule';
import { Trace } from '../core/trace';
import { makeTracer, type Tracer } from '../core/tracer';
import { correctedKernel } from './correction';
import { layerKinds, type LayerKind } from './layer';
import type { TractOptions } from './options';

interface Payload {
  readonly value: Tensor;
}

/**
 * Follows what depends on the parameters. Where a parameter meets data that does not in a linear kernel, that kernel is a first layer,
 * and runs with its gradient corrected; everything else runs as it is.
 */
export class TractTrace extends Trace {
  override readonly readable = true;
  /** How many first layers were found. */
  found = 0;

  constructor(
    name: string,
    private readonly options: TractOptions,
  ) {
    super(name);
  }

  parameter(value: Tensor): Tracer {
    const payload: Payload = { value: this.holdings.hold(value) };
    return makeTracer(this, payload.value, payload.value, payload, [payload.value]);
  }

  override valueOf(tracer: Tracer): Tensor {
    return (tracer.payload as Payload).value;
  }

  output(tensor: Tensor): Tensor {
    return this.owns(tensor) ? this.valueOf(tensor) : valueBelow(tensor);
  }

  override process(kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[] {
    const lower = mapInputs(inputs, (t) => (this.owns(t) ? this.valueOf(t) : t));
    const kind = layerKinds(kernel).find((k) => this.isFirstLayer(k, inputs));
    const result = kind
      ? this.correct(kind, lower as Record<string, Tensor>, attrs)
      : dispatch(kernel, lower, attrs);
    // What has no derivative does not depend on the parameters as far as gradients go.
    if (ruleOf(kernel)?.constant) return result;
    return Array.isArray(result) ? result.map((t) => this.parameter(t)) : this.parameter(result);
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
    return this.parameter(y);
  }

  dispose(): void {
    this.phase = 'closed';
    this.holdings.releaseAll();
  }

  override explainUnreadable(tracer: Tracer, method: string): string {
    return `${this.name}: ${method} can't take a tensor that depends on the parameters (${tracer.dtype}[${tracer.shape.join(',')}]).`;
  }

  private isFirstLayer({ weight, data }: LayerKind, inputs: KernelInputs): boolean {
    return this.owns(inputAt(inputs, weight)) && !this.owns(inputAt(inputs, data));
  }

  private correct(kind: LayerKind, inputs: Record<string, Tensor>, attrs: Attrs): Tensor {
    this.found++;
    const { lambda } = this.options;
    return correctedKernel(
      kind,
      inputs,
      attrs,
      lambda instanceof Tensor ? lambda : scalar(lambda),
      this.options,
    );
  }
}
