import { clone, type Tensor, Variable, zeros, zerosLike } from '@tensorflow/tfjs-core';
import { replacement } from '../core/dispatch';
import type { CustomGradCall, KernelInputs } from '../core/engine';
import { describeAval } from '../core/errors';
import { inputAt } from '../core/inputs';
import { ruleOf, type Attrs, type Aval, type Named, type Rule } from '../core/rule';
import { Trace } from '../core/trace';
import { makeTracer, type Tracer } from '../core/tracer';
import type { Equation, Program, Var } from '../core/program';
import { callCustomDerivative } from './customDerivative';
import { evaluate } from './evaluate';
import { transposed } from './transposed';

interface Payload {
  readonly variable: Var;
}

/** The interpreter of capture: runs nothing, infers shapes, and writes every kernel call down. */
export class StageTrace extends Trace {
  override readonly captures = true;
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

  /** What the target lacks is replaced as it is written down. */
  override takes({ shape }: Rule): boolean {
    return shape !== undefined;
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
    const why = typeof rule?.uncapturable === 'function' ? rule.uncapturable(attrs) : rule?.uncapturable;
    if (why) throw new Error(`${this.name}: kernel ${kernel} can't be captured: ${why}.`);
    const instead =
      this.target && !rule?.bind?.(attrs, this.target) && replacement(kernel, inputs, attrs, this.target);
    if (instead) return instead(inputs, attrs);
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
    const result = rule.shape({ kernel, inputs: avals, attrs, infer: this.infer });
    const many = Array.isArray(result);
    const outputs = (many ? result : [result]).map(fresh);
    this.equations.push({ kernel, inputs: variables, list: Array.isArray(inputs), attrs, outputs, many });
    const tracers = outputs.map((variable) => this.tracer(variable));
    return many ? tracers : tracers[0]!;
  }

  /**
   * The ops of the forward function are written down as they are, and behind them a step that changes nothing but has the function's own
   * gradient, captured as a program of its own.
   */
  override processCustomGrad(call: CustomGradCall): Tensor {
    let saved: Tensor[] = [];
    const y = call.forwardFunc(undefined, (tensors) => (saved = tensors.map((t) => this.holdings.hold(t))));
    const names = Object.keys(call.inputs);
    const backward = new StageTrace(this.name, this.like);
    const dy = backward.input(y);
    const gradients = call.backwardsFunc(dy, saved);
    const program = backward.program(names.map((name) => gradients[name]!()));
    backward.phase = 'closed';
    const result = withOwnGradient(
      this.name,
      y,
      names.map((name) => call.inputs[name]!),
      program,
    );
    backward.dispose();
    return result;
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

  private readonly infer = (f: (inputs: Tensor[]) => Tensor[], inputs: readonly Aval[]): Aval[] => {
    const inner = new StageTrace(this.name, this.like);
    try {
      return f(inputs.map((aval) => inner.input(aval))).map(({ shape, dtype }) => ({ shape, dtype }));
    } finally {
      inner.dispose();
    }
  };

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

/** Runs a function on tensors of which shape and type are all that is known. */
export function withoutValues(name: string, avals: readonly Aval[], f: (tensors: Tensor[]) => void): void {
  const stage = new StageTrace(name, zeros([]));
  try {
    f(avals.map((aval) => stage.input(aval)));
  } finally {
    stage.dispose();
  }
}

function fresh({ shape, dtype }: Aval): Var {
  return { shape, dtype };
}

/** y, with `backward` (from dy to a cotangent for each of `xs`) for its gradient. What that program reads is input to this step. */
function withOwnGradient(name: string, y: Tensor, xs: readonly Tensor[], backward: Program): Tensor {
  const closed: Program = {
    ...backward,
    constants: new Map(),
    inputs: [...backward.inputs, ...backward.constants.keys()],
  };
  const pull = (dy: Tensor, read: readonly Tensor[]): Tensor[] => evaluate(closed, [dy, ...read]);
  const [result] = callCustomDerivative(
    {
      name,
      primal: (inputs) => [clone(inputs[0]!)],
      forward: (inputs) => ({ outputs: [clone(inputs[0]!)], residuals: inputs.slice(1 + xs.length) }),
      backward: (read, [dy], wanted) => [
        null,
        ...pull(dy!, read).map((ct, i) => (wanted[1 + i] ? ct : null)),
      ],
      pushForward: (inputs, tangents) => ({
        outputs: [clone(inputs[0]!)],
        tangents: transposed(
          name,
          [inputs[0]!],
          ([dy]) => pull(dy!, inputs.slice(1 + xs.length)),
          xs.map((_, i) => tangents[1 + i] ?? zerosLike(inputs[1 + i]!)),
        ),
      }),
    },
    [y, ...xs, ...backward.constants.values()],
  );
  return result!;
}
