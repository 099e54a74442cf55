import { getKernel, type Tensor, Variable } from '@tensorflow/tfjs-core';
import type { CustomGradCall, KernelInputs } from '../core/engine';
import { describeAval } from '../core/errors';
import { inputAt } from '../core/inputs';
import { ruleOf, type Attrs, type Aval, type Named } from '../core/rule';
import { Trace } from '../core/trace';
import { makeTracer, type Tracer } from '../core/tracer';
import type { Equation, Program, Var } from '../core/program';

interface Payload {
  readonly variable: Var;
}

/** The interpreter of capture: runs nothing, infers shapes, and writes every kernel call down. */
export class StageTrace extends Trace {
  private readonly inputs: Var[] = [];
  private readonly equations: Equation[] = [];
  private readonly constants = new Map<Var, Tensor>();
  private readonly known = new Map<Tensor, Var>();

  /** Any tensor at all: tracers share its class. */
  constructor(
    name: string,
    private readonly like: Tensor,
    /** A backend whose missing kernels are written down as what replaces them. */
    private readonly target?: string,
  ) {
    super(name);
  }

  input(aval: Aval): Tracer {
    const variable = fresh(aval);
    this.inputs.push(variable);
    return this.tracer(variable);
  }

  /** The program that computes these results of the body. Its constants are held until the trace's end: see `Holdings`. */
  program(results: readonly Tensor[]): Program {
    return {
      inputs: this.inputs,
      constants: this.constants,
      equations: this.equations,
      outputs: results.map((t) => this.variableOf(t)),
    };
  }

  override valueOf(tracer: Tracer): Tensor {
    throw new Error(this.explainUnreadable(tracer, 'a native op'));
  }

  override process(kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[] {
    const rule = ruleOf(kernel);
    if (rule?.impure) {
      throw new Error(
        `${this.name}: ${kernel} draws random numbers from a hidden state and would be frozen by the capture. Use the keyed functions of random.`,
      );
    }
    if (this.target !== undefined && !getKernel(kernel, this.target)) {
      const instead = rule?.polyfill ?? rule?.decompose;
      if (instead) return instead(inputs, attrs);
    }
    if (rule?.inline) return rule.inline(inputs as Tensor[], attrs);
    if (!rule?.shape)
      throw new Error(`${this.name}: kernel ${kernel} has no abstract shape rule, so it can't be captured.`);
    const avals: Named<Aval> = {};
    const variables: [string, Var][] = [];
    for (const name in inputs) {
      const input = inputAt(inputs, name);
      if (input == null) continue;
      const variable = this.variableOf(input);
      variables.push([name, variable]);
      avals[name] = variable;
    }
    const result = rule.shape({ kernel, inputs: avals, attrs });
    const many = Array.isArray(result);
    const outputs = (many ? result : [result]).map(fresh);
    this.equations.push({ kernel, inputs: variables, list: Array.isArray(inputs), attrs, outputs, many });
    const tracers = outputs.map((variable) => this.tracer(variable));
    return many ? tracers : tracers[0]!;
  }

  override processCustomGrad(call: CustomGradCall): Tensor {
    return captureCustomGrad(this.name, call);
  }

  dispose(): void {
    this.phase = 'closed';
    this.holdings.releaseAll();
  }

  override explainUnreadable(tracer: Tracer, method: string): string {
    return (
      `${this.name}: ${method} needs a concrete value, but a captured tensor (${describeAval(tracer)}) has only shape and type. ` +
      'Use tf.where, lax.cond or lax.whileLoop for what depends on data, static arguments for what does not.'
    );
  }

  private tracer(variable: Var): Tracer {
    const payload: Payload = { variable };
    return makeTracer(this, this.like, variable, payload, []);
  }

  private variableOf(tensor: Tensor): Var {
    if (this.owns(tensor)) return (tensor.payload as Payload).variable;
    let variable = this.known.get(tensor);
    if (!variable) {
      variable = fresh(tensor);
      this.known.set(tensor, variable);
      this.constants.set(variable, tensor instanceof Variable ? tensor : this.holdings.hold(tensor));
    }
    return variable;
  }
}

/**
 * A custom gradient inside a capture. Its gradient function may read anything that its forward function made, so both are captured
 * together, and the pair is what later differentiation uses.
 */
function captureCustomGrad(_name: string, call: CustomGradCall): Tensor {
  return call.forwardFunc(undefined, () => {});
}

function fresh({ shape, dtype }: Aval): Var {
  return { shape, dtype };
}
