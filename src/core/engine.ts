import { engine as tfEngine, type Tensor, type Variable } from '@tensorflow/tfjs-core';

/** A call through `tf.customGrad`: the forward function is closed over its inputs, `backwardsFunc` maps dy and what was saved to gradients by position. */
export interface CustomGradCall {
  forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor;
  backwardsFunc: (dy: Tensor, saved: Tensor[]) => Record<string, () => Tensor>;
  inputs: Record<string, Tensor>;
}

export type KernelInputs = Record<string, Tensor> | Tensor[];

interface Scope {
  id: number;
  name: string;
  track: Tensor[];
}

/** Members of tfjs's engine that this library relies on. Those outside tfjs's typings are named here and nowhere else. */
export interface Engine {
  runKernel(kernel: string, inputs: KernelInputs, attrs?: object): Tensor | Tensor[];
  runKernelFunc(call: CustomGradCall): Tensor;
  startScope(name?: string): void;
  endScope(result?: Tensor | Tensor[] | null): void;
  track<T extends Tensor>(tensor: T): T;
  isTapeOn(): boolean;
  addTapeNode(
    name: string,
    inputs: KernelInputs,
    outputs: Tensor[],
    gradient: CustomGradCall['backwardsFunc'] | null,
    saved: Tensor[],
    attrs: object,
  ): void;
  nextTensorId(): number;
  getTensorsForGradient(kernel: string, inputs: KernelInputs, outputs: Tensor[]): Tensor[];
  /** Forgets where the data is. */
  removeDataId(dataId: object, backend: object): void;
  makeTensorFromTensorInfo(info: { dataId: object; shape: number[]; dtype: string }): Tensor;
  backendNames(): string[];
  readonly backend: object;
  /** The backend in use, null before the first. */
  readonly backendInstance: object | null;
  /** Backends that have started, by name. */
  readonly registry: Record<string, object>;
  readonly backendName: string;
  state: {
    activeScope?: Scope;
    scopeStack: Scope[];
    gradientDepth: number;
    profiling: boolean;
    kernelDepth: number;
    tensorInfo: WeakMap<object, { backend: object; shape: number[] }>;
    registeredVariables: Record<string, Variable>;
  };
}

const REQUIRED = [
  'runKernel',
  'runKernelFunc',
  'startScope',
  'endScope',
  'track',
  'isTapeOn',
  'addTapeNode',
  'getTensorsForGradient',
  'nextTensorId',
  'removeDataId',
  'makeTensorFromTensorInfo',
  'backendNames',
] as const;

const REQUIRED_STATE = [
  'scopeStack',
  'gradientDepth',
  'profiling',
  'kernelDepth',
  'tensorInfo',
  'registeredVariables',
] as const;

let checked: Engine | undefined;

/** tfjs's engine, one per process, checked once for what is needed of it. */
export function engine(): Engine {
  const found = tfEngine() as unknown as Engine;
  if (checked === found) return found;
  const missing = [
    ...REQUIRED.filter((member) => typeof found[member] !== 'function'),
    ...(found.registry === undefined ? ['registry'] : []),
    ...REQUIRED_STATE.filter((member) => found.state?.[member] === undefined).map((name) => `state.${name}`),
  ];
  if (missing.length > 0) {
    throw new Error(
      `tfjs-tract needs @tensorflow/tfjs-core ^4.22.0: the engine of the loaded copy has no ${missing.join(', ')}.`,
    );
  }
  checked = found;
  return found;
}

/** Runs `body` with the native tape of `tf.grad` not recording. */
export function withoutTape<T>(body: () => T): T {
  const { state } = engine();
  state.kernelDepth++;
  try {
    return body();
  } finally {
    state.kernelDepth--;
  }
}

/**
 * Runs `body` in a tidy scope of its own. Tensors that the body made and nobody kept are disposed, save those that `results` picks, which
 * go to the scope outside. After an error, scopes that the body left open are closed too.
 */
export function withScope<T>(name: string, body: () => T, results?: (value: T) => Tensor[]): T {
  const eng = engine();
  eng.startScope(name);
  const depth = eng.state.scopeStack.length;
  let out: Tensor[] | null = null;
  try {
    const value = body();
    out = results?.(value) ?? null;
    return value;
  } finally {
    while (eng.state.scopeStack.length > depth) eng.endScope(null);
    eng.endScope(out);
  }
}

/** Lets the open tidy scope, if there is one, end something as it disposes tensors. */
export function ownByScope(dispose: () => void): void {
  engine().track({ id: NaN, kept: false, dispose } as unknown as Tensor);
}
