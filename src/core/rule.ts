import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs-core';

/** What is known of a tensor without its values. */
export interface Aval {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** Inputs of a kernel by name; kernels that take a list of tensors (Concat, AddN ...) use positions: '0', '1' ... */
export type Named<T> = Record<string, T>;

// Attributes are as loosely typed in tfjs itself.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Attrs = Record<string, any>;

/** What a pullback may read: the values that its `reads` and `readsOutputs` name, and the shapes of all. */
export interface Residuals {
  readonly inputs: Named<Tensor>;
  readonly outputs: Tensor[];
  readonly avals: Named<Aval>;
  readonly attrs: Attrs;
}

/**
 * The cotangent of one input of a kernel: the transpose of its Jacobian with respect to that input, applied to the cotangents of the outputs.
 * `ct` is the cotangent of the first output and always there; `cts` holds one for every output, all of them there
 * (zeros where nothing came) if the kernel has several. The result has the input's shape.
 */
export interface Cotangent {
  /** Inputs whose values `pull` reads. Only these stay in memory until the backward pass. */
  readonly reads?: readonly string[];
  /** Outputs, by position, whose values `pull` reads. */
  readonly readsOutputs?: readonly number[];
  pull(ct: Tensor, residuals: Residuals, cts: Tensor[]): Tensor;
}

/** A push-forward: primal inputs and outputs, and the tangents of the inputs (null: zero). */
export interface Pushforward {
  readonly kernel: string;
  readonly inputs: Named<Tensor>;
  readonly tangents: Named<Tensor | null>;
  readonly outputs: Tensor[];
  readonly attrs: Attrs;
}

/** An input under vmap: `value` has the mapped axis in front if `batched`, else it is the same for every example. */
export interface Batched {
  readonly value: Tensor;
  readonly batched: boolean;
}

export interface BatchCall {
  readonly kernel: string;
  readonly inputs: Named<Batched>;
  /** Whether the kernel takes its inputs as a list. */
  readonly list: boolean;
  /** Length of the mapped axis. */
  readonly size: number;
  readonly attrs: Attrs;
  /** For primitives that carry functions: see {@link MapExamples}. */
  readonly map: MapExamples;
}

/**
 * Runs `body` on one example of each mapped input, for all examples at once.
 *
 * @param inputs tensors with the mapped axis in front where `mapped` says so
 */
export type MapExamples = (
  name: string,
  size: number,
  inputs: readonly unknown[],
  mapped: readonly boolean[],
  body: (examples: unknown[]) => Tensor[],
) => Tensor[];

export interface ShapeCall {
  readonly kernel: string;
  readonly inputs: Named<Aval>;
  readonly attrs: Attrs;
  /** What a function of tensors returns, found without running it: for primitives that carry functions. */
  readonly infer: (f: (inputs: Tensor[]) => Tensor[], inputs: readonly Aval[]) => Aval[];
}

/** All that the transformations know of one kernel. Formulas are written with public tf ops, so that every transformation passes through them. */
export interface Rule {
  /** Cotangents by input name, or, for kernels with a list of inputs, one for each position. Inputs without an entry have no derivative. */
  readonly vjp?: Readonly<Record<string, Cotangent>> | ((position: string) => Cotangent);
  /**
   * For primitives whose derivative is a program of its own (custom rules, checkpoints, jitted calls), in place of `vjp`: runs the
   * primitive and says how to pull back. Inputs and outputs are lists; `wanted` says which inputs need a cotangent.
   */
  readonly differentiate?: (inputs: Tensor[], attrs: Attrs, wanted: boolean[]) => Augmented;
  /** Reverse mode keeps only the inputs and runs this function again in the backward pass (checkpoints). */
  readonly rematerialise?: (attrs: Attrs) => Rematerialised;
  /** Likewise in forward mode, in place of `jvp`: outputs and their tangents (null: zero). */
  readonly pushForward?: (
    inputs: Tensor[],
    tangents: (Tensor | null)[],
    attrs: Attrs,
  ) => { outputs: Tensor[]; tangents: (Tensor | null)[] };
  /** Tangents of the outputs, each of its output's shape; null is zero. A kernel with one output may return just that one. */
  readonly jvp?: (push: Pushforward) => Tensor | null | (Tensor | null)[];
  /** The kernel on a whole batch: every output with the mapped axis in front. Undefined: this call can't batch, loop instead. */
  readonly batch?: (call: BatchCall) => Tensor | Tensor[] | undefined;
  /** Shapes and types of the outputs. An array where the kernel returns a list, also of one. */
  readonly shape?: (call: ShapeCall) => Aval | Aval[];
  /**
   * The kernel as a composition of others. It stands for the kernel under every transformation, and on backends that lack the kernel.
   * A rule that has it needs nothing else. With `differentiate` or `rematerialise` beside it, reverse mode goes by that; with a `shape`,
   * a capture writes the kernel down as it is, for backends that have it.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly decompose?: (inputs: any, attrs: Attrs) => Tensor | Tensor[];
  /** As `decompose`, but only where the backend lacks the kernel: transformations use the other rules. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly polyfill?: (inputs: any, attrs: Attrs) => Tensor | Tensor[];
  /** Whether a backend's kernel gives wrong results for such a call, or takes ten times as long, so that `polyfill` stands for it there too. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly broken?: (backend: string, inputs: any, attrs: Attrs) => boolean;
  /**
   * For primitives that carry programs (loops, branches): the call as one step of the replay of a program, on bare tensors.
   * Undefined where a backend can't: there `polyfill` stands for it.
   */
  readonly bind?: (attrs: Attrs, backendName: string) => BareKernel | undefined;
  /** For loops along an axis: the loop with another body, on tensors of any level, for a trace that looks into it. See lax/primitives/scan.ts. */
  readonly withBody?: (attrs: Attrs, loop: LoopCall) => Tensor[];
  /** For the same trace: runs a function on tensors without values. */
  readonly withoutValues?: (name: string, avals: readonly Aval[], f: (tensors: Tensor[]) => void) => void;
  /** Likewise for choices between branches: with others in place of them, each from the operands. */
  readonly withBranches?: (
    attrs: Attrs,
    index: Tensor,
    operands: Tensor[],
    branches: readonly Rematerialised[],
  ) => Tensor[];
  /** What a capture writes down instead of the call itself: a jitted function inside a jitted function. */
  readonly inline?: (inputs: Tensor[], attrs: Attrs) => Tensor[];
  /** A kernel of this library, registered for a backend when it is first needed there: see `provideKernels`. */
  readonly own?: boolean;
  /** Constant by nature: its outputs have no derivative (comparisons, indices, strings). */
  readonly constant?: boolean;
  /** Draws from a hidden generator, so that a capture would freeze it. */
  readonly impure?: boolean;
  /** Why a capture can't hold it, if it can't: the shape of its output depends on values, or it does something besides computing. */
  readonly uncapturable?: string | ((attrs: Attrs) => string | undefined);
}

/** Whether reverse mode goes by the rule itself, though it says what it is composed of. */
export const differentiatesWhole = ({ rematerialise, differentiate }: Rule): boolean =>
  Boolean(rematerialise ?? differentiate);

/** A loop along the first axis of `xs`. */
export interface LoopCall {
  readonly length: number;
  readonly carry: readonly Tensor[];
  readonly xs: readonly Tensor[];
  /** One step, from the carry and one x: the next carry, then what is stacked. What it closes over is the same for every step. */
  step(carry: Tensor[], row: Tensor[]): Tensor[];
}

/** A step on tensors without the engine's bookkeeping. The data of its outputs belongs to the caller, who disposes it. */
export type BareKernel = (inputs: readonly TensorInfo[]) => TensorInfo[];

/** A function on lists of tensors that reverse mode runs again in the backward pass. */
export type Rematerialised = (inputs: Tensor[]) => Tensor[];

/** Outputs of a primitive together with what its pullback needs. `pullback` gives a cotangent (null: zero) for each input. */
export interface Augmented {
  readonly outputs: Tensor[];
  readonly residuals: Tensor[];
  pullback(residuals: Tensor[], cts: (Tensor | null)[]): (Tensor | null)[];
}

const rules = new Map<string, Rule>();

/** States the rules of one kernel. Two statements for one kernel are a mistake. */
export function defineRule(kernel: string, rule: Rule): void {
  if (rules.has(kernel)) throw new Error(`The rules of kernel ${kernel} are defined twice.`);
  rules.set(kernel, rule);
}

/** How kernels run on whole batches, by name. A function, since bundlers keep an unused object if a constant is among its keys. */
export type Batching = () => Readonly<Record<string, NonNullable<Rule['batch']>>>;

/** Adds to the rules of kernels how they run on whole batches: see rules/batching.ts. */
export function defineBatching(table: Batching): void {
  for (const [kernel, batch] of Object.entries(table())) {
    const rule = rules.get(kernel);
    if (!rule || rule.batch) throw new Error(`Kernel ${kernel} has no rules, or is batched twice.`);
    rules.set(kernel, { ...rule, batch });
  }
}

export function ruleOf(kernel: string): Rule | undefined {
  return rules.get(kernel);
}

/** Names of all kernels that have rules. */
export function ruledKernels(): string[] {
  return [...rules.keys()].sort();
}

/** Derivatives flow through these types only. */
export function isDifferentiable({ dtype }: { dtype: DataType }): boolean {
  return dtype === 'float32' || dtype === 'complex64';
}
