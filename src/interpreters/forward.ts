import { zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { runCustomGradForward } from '../core/customGrad';
import { dispatch, valueBelow } from '../core/dispatch';
import type { CustomGradCall, KernelInputs } from '../core/engine';
import { inputAt, mapInputs } from '../core/inputs';
import { isDifferentiable, ruleOf, type Attrs, type Named, type Pushforward } from '../core/rule';
import { Trace } from '../core/trace';
import { makeTracer, type Tracer } from '../core/tracer';
import { pushForwardByReverse, transposed } from './transposed';

interface Payload {
  readonly value: Tensor;
  /** Null is zero. */
  readonly tangent: Tensor | null;
}

/** Kernels without a forward rule that were differentiated by transposing their pullback. */
export const fallbacks = new Set<string>();

/** The interpreter of forward mode: every tensor carries its tangent along. */
export class ForwardTrace extends Trace {
  override readonly readable = true;

  /** Makes a tracer of a primal and its tangent. */
  dual(value: Tensor, tangent: Tensor | null): Tracer {
    const payload: Payload = {
      value: this.holdings.hold(value),
      tangent: tangent && this.holdings.hold(tangent),
    };
    return makeTracer(this, payload.value, payload.value, payload, [payload.value, payload.tangent]);
  }

  override valueOf(tracer: Tracer): Tensor {
    return (tracer.payload as Payload).value;
  }

  /** Value and tangent of a result of the body; a null tangent is zero. */
  output(tensor: Tensor): Payload {
    return this.owns(tensor) ? (tensor.payload as Payload) : { value: valueBelow(tensor), tangent: null };
  }

  override process(kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[] {
    const tangents: Named<Tensor | null> = {};
    const lower = mapInputs(inputs, (t, name) => {
      const { value, tangent } = this.owns(t) ? (t.payload as Payload) : { value: t, tangent: null };
      tangents[name] = tangent;
      return value;
    });
    const rule = ruleOf(kernel);
    const moving = Object.values(tangents).some((t) => t !== null);
    if (moving && rule?.pushForward) {
      const { outputs, tangents: moved } = rule.pushForward(
        Object.values(lower) as Tensor[],
        Object.values(tangents),
        attrs,
      );
      return outputs.map((y, i) => (moved[i] ? this.dual(y, moved[i]) : y));
    }
    const result = dispatch(kernel, lower, attrs);
    const outputs = Array.isArray(result) ? result : [result];
    if (rule?.constant || !moving || !outputs.some(isDifferentiable)) return result;
    const push: Pushforward = { kernel, inputs: lower as Named<Tensor>, tangents, outputs, attrs };
    const moved = rule?.jvp ? rule.jvp(push) : this.fallback(push, lower);
    const list = Array.isArray(moved) ? moved : [moved];
    const duals = outputs.map((y, i) => (list[i] && isDifferentiable(y) ? this.dual(y, list[i]) : y));
    return Array.isArray(result) ? duals : duals[0]!;
  }

  /** Its own gradient, transposed: the tangent of y is linear in that of x, and its transpose is the gradient function. */
  override processCustomGrad(call: CustomGradCall): Tensor {
    const { y, saved, held } = runCustomGradForward(this, call);
    const names = Object.keys(call.inputs).filter((name) => this.owns(call.inputs[name]!));
    const tangents = names
      .map((name) => (call.inputs[name] as Tracer).payload as Payload)
      .map(({ tangent, value }) => tangent ?? zerosLike(value));
    const before = this.phase;
    this.phase = 'transparent';
    try {
      const [tangent] = transposed(
        this.name,
        [y],
        ([dy]) => {
          const gradients = call.backwardsFunc(dy!, saved);
          return names.map((name) => valueBelow(gradients[name]!()));
        },
        tangents,
      );
      return this.dual(y, tangent ?? null);
    } finally {
      this.phase = before;
      for (const t of held) this.holdings.release(t);
    }
  }

  dispose(): void {
    this.phase = 'closed';
    this.holdings.releaseAll();
  }

  override explainUnreadable(tracer: Tracer, method: string): string {
    return `${this.name}: ${method} can't take a tensor that carries a tangent (${tracer.dtype}[${tracer.shape.join(',')}]).`;
  }

  private fallback(push: Pushforward, inputs: KernelInputs): (Tensor | null)[] {
    fallbacks.add(push.kernel);
    const names = Object.keys(push.tangents).filter((name) => push.tangents[name]);
    return pushForwardByReverse(
      this.name,
      names.map((name) => inputAt(inputs, name)),
      (primals) => {
        const result = dispatch(
          push.kernel,
          mapInputs(inputs, (t, name) => primals[names.indexOf(name)] ?? t),
          push.attrs,
        );
        return Array.isArray(result) ? result : [result];
      },
      names.map((name) => push.tangents[name]!),
    );
  }
}
