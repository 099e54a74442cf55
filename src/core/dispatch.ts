import {
  clone,
  env,
  keep,
  reshape,
  type NamedTensorInfoMap,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { assertDevice, explained } from './backendErrors';
import {
  engine,
  withoutTape,
  withScope,
  type CustomGradCall,
  type Engine,
  type KernelInputs,
} from './engine';
import { inputAt } from './inputs';
import { insteadInOp } from './insteadInOps';
import { goesByShapeOfData, isMisshapen } from './movedData';
import { findKernel, forgetKernels } from './ownKernels';
import { isWatched, witnessed } from './provenance';
import { ruleOf, type Attrs, type Rule } from './rule';
import { escaped, type Trace } from './trace';
import { shared } from './share';
import { standIn } from './standIns';
import { traceOf, type Tracer } from './tracer';
import { keepVariablesWhole, letVariablesGo, readerOf } from './variables';

/*
 * The one interception point. While a transformation runs, and only then, two methods of tfjs's engine are shadowed by own properties:
 * `runKernel`, which every op calls, and `runKernelFunc`, which every function made by `tf.customGrad` calls.
 */

let depth = 0;

/** Whether tfjs watches every kernel: as it was when the outermost transformation began, since asking takes time. */
let isDebugging = false;

/** Runs `body` with kernels going to the traces of their inputs. Nests. */
export function intercepted<T>(body: () => T): T {
  const eng = engine();
  if (depth === 0) assertDevice();
  if (depth++ === 0) {
    eng.runKernel = dispatch;
    eng.runKernelFunc = dispatchCustomGrad;
    keepVariablesWhole(eng);
    forgetKernels();
    isDebugging = env().getBool('DEBUG') || env().getBool('IS_TEST');
  }
  try {
    return body();
  } finally {
    if (--depth === 0) {
      // In the opposite order, so that the object keeps its fast shape.
      letVariablesGo(eng);
      delete (eng as Partial<Engine>).runKernelFunc;
      delete (eng as Partial<Engine>).runKernel;
    }
  }
}

let catchAll: Trace | undefined;

/**
 * Whether a kernel on these tensors goes to the backend and nobody else sees it: no transformation is at work but those so many around, and none
 * looks at them.
 */
export const isBare = (inputs: readonly Tensor[], around = 1): boolean =>
  depth === around &&
  catchAll === undefined &&
  standIn() === undefined &&
  !isWatched() &&
  !engine().isTapeOn() &&
  inputs.every((t) => traceOf(t) === undefined);

/** Runs `body` with a trace that takes the kernels without tracers among their inputs too, so that none runs. */
export function caughtBy<T>(trace: Trace, body: () => T): T {
  const before = catchAll;
  catchAll = trace;
  try {
    return body();
  } finally {
    catchAll = before;
  }
}

/** The trace that takes every kernel, for one that it can take. Identity computes nothing, and holds constants. */
function caught(kernel: string, rule: Rule | undefined): Trace | undefined {
  return kernel !== 'Identity' && rule?.shape && !rule.uncapturable ? catchAll : undefined;
}

/** Runs a kernel on the highest trace among its inputs, or, with none, on the backend. */
export function dispatch(kernel: string, given: KernelInputs, attrs: Attrs = {}): Tensor | Tensor[] {
  const inputs = seeThrough(given);
  return witnessed(kernel, inputs, attrs, onHighest(kernel, inputs, attrs));
}

function onHighest(kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[] {
  const rule = ruleOf(kernel);
  const top = highestTrace(inputs) ?? (catchAll && caught(kernel, rule));
  if (!top) return runOnBackend(kernel, inputs, attrs);
  const instead = insteadInOp(kernel, 1);
  if (instead) return instead(inputs as Record<string, Tensor>);
  if (rule?.decompose && (!top.takes(rule) || isRecordedNatively(top, engine())))
    return apart(rule.decompose(inputs, attrs), inputs);
  if (engine().state.gradientDepth === 0) return top.process(kernel, inputs, attrs);
  return recordedNatively(top, kernel, inputs, attrs, () => top.process(kernel, inputs, attrs));
}

function runOnBackend(kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[] {
  const eng = engine();
  const isCopy = kernel === 'Identity' || (kernel === 'Cast' && attrs.dtype === inputAt(inputs, 'x').dtype);
  const same = isCopy && shared(inputAt(inputs, 'x'));
  if (same) return same;
  if (goesByShapeOfData(eng.backendName) && kernel !== 'Reshape' && Object.values(inputs).some(isMisshapen))
    return withScope(
      kernel,
      () =>
        runOnBackend(
          kernel,
          replaced(inputs, isMisshapen, (t) => reshape(t, t.shape)),
          attrs,
        ),
      (y) => [y].flat(),
    );
  // Reading `backend` starts the default one if none runs yet.
  const instead = eng.backend && replacement(kernel, inputs, attrs, eng.backendName);
  // Nested, so that what it is composed of is replaced too where nothing else intercepts.
  if (instead)
    return apart(
      intercepted(() => instead(inputs, attrs)),
      inputs,
    );
  try {
    return runKernelFunc(eng, kernel, inputs, attrs);
  } catch (error) {
    throw explained(error, kernel, inputs);
  }
}

/** As the engine's own `runKernel`, but for what it does for native tapes, profiles, debugging and its own tests: that takes longer than a small kernel. */
function runKernelFunc(eng: Engine, kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[] {
  const isObserved = isDebugging || eng.state.gradientDepth > 0 || eng.state.profiling;
  const found = isObserved ? undefined : findKernel(kernel, eng.backendName);
  if (!found) return native(eng).runKernel.call(eng, kernel, inputs, attrs);
  const { backend } = eng;
  const result = found.kernelFunc({ inputs: inputs as NamedTensorInfoMap, attrs, backend });
  // tfjs-node's are tensors already.
  const own = (info: TensorInfo): Tensor =>
    (info as Tensor).rank === undefined ? eng.makeTensorFromTensorInfo(info) : (info as Tensor);
  return Array.isArray(result) ? result.map(own) : own(result);
}

/** What stands for a kernel on a backend that lacks it, or gets it wrong. */
export function replacement(
  kernel: string,
  inputs: KernelInputs,
  attrs: Attrs,
  backendName: string,
): Rule['polyfill'] {
  const rule = ruleOf(kernel);
  const instead = rule?.polyfill ?? rule?.decompose;
  if (!instead) {
    if (rule?.own) findKernel(kernel, backendName);
    return undefined;
  }
  const works = findKernel(kernel, backendName) && !rule?.broken?.(backendName, inputs, attrs);
  return works ? undefined : instead;
}

function dispatchCustomGrad(call: CustomGradCall): Tensor {
  const eng = engine();
  if (!isCustomGrad(call)) return native(eng).runKernelFunc.call(eng, call);
  const inputs = seeThrough(call.inputs) as Record<string, Tensor>;
  const top = highestTrace(inputs);
  if (!top) return native(eng).runKernelFunc.call(eng, call);
  const instead = insteadInOp('customGrad', 0);
  if (instead) return instead(inputs, () => call.forwardFunc(undefined, () => {}));
  const y = quietly(top, eng, () => top.processCustomGrad({ ...call, inputs }));
  if (isRecordedNatively(top, eng)) {
    const saved = quietly(top, eng, () => savedBy(call));
    eng.addTapeNode('customGrad', call.inputs, [y], call.backwardsFunc, saved, {});
  }
  return y;
}

/** What a custom gradient saves, as tracers: its gradient function on a native tape is differentiated through them. */
function savedBy(call: CustomGradCall): Tensor[] {
  let saved: Tensor[] = [];
  withScope('customGrad', () => {
    call.forwardFunc(undefined, (tensors) => (saved = tensors.map((t) => keep(clone(t)))));
  });
  return saved;
}

/** Native runKernel goes through runKernelFunc too, with a kernel's name. */
function isCustomGrad(call: CustomGradCall): boolean {
  return typeof call.forwardFunc === 'function';
}

function native(eng: Engine): Engine {
  return Object.getPrototypeOf(eng) as Engine;
}

/** A native `tf.grad` inside a transformation sees the logical op on its tape, by tfjs's own gradient. */
function recordedNatively(
  top: Trace,
  kernel: string,
  inputs: KernelInputs,
  attrs: Attrs,
  run: () => Tensor | Tensor[],
): Tensor | Tensor[] {
  const eng = engine();
  if (!isRecordedNatively(top, eng)) return quietly(top, eng, run);
  const result = quietly(top, eng, run);
  const outputs = Array.isArray(result) ? result : [result];
  const saved = withoutTape(
    () => eng.getTensorsForGradient(kernel, inputs, outputs)?.map((t) => keep(clone(t))) ?? [],
  );
  eng.addTapeNode(kernel, inputs, outputs, null, saved, attrs);
  return result;
}

function isRecordedNatively(top: Trace, eng: Engine): boolean {
  return eng.isTapeOn() && eng.state.gradientDepth > top.nativeDepth;
}

/** Kernels on lower levels are nothing to a native tape that was opened inside this trace. */
function quietly<T>(top: Trace, eng: Engine, run: () => T): T {
  return eng.state.gradientDepth > 0 && top.nativeDepth === 0 ? withoutTape(run) : run();
}

/** The inputs as what they stand for. */
function seeThrough(inputs: KernelInputs): KernelInputs {
  return replaced(inputs, standIn() ? isReplaced : isTransparent, valueBelow);
}

const isReplaced = (t: Tensor | undefined): t is Tensor => t != null && valueBelow(t) !== t;

/** The inputs with others for some, which may be none. */
function replaced<T extends Tensor>(
  inputs: KernelInputs,
  isOne: (t: Tensor | undefined) => t is T,
  other: (t: T) => Tensor,
): KernelInputs {
  let copy: Record<string, Tensor> | undefined;
  for (const key in inputs) {
    const t = (inputs as Record<string, Tensor>)[key];
    if (!isOne(t)) continue;
    copy ??= (Array.isArray(inputs) ? inputs.slice() : { ...inputs }) as Record<string, Tensor>;
    copy[key] = other(t);
  }
  return (copy as KernelInputs | undefined) ?? inputs;
}

function isTransparent(tensor: unknown): tensor is Tracer {
  return (tensor as Tracer | undefined)?.trace?.phase === 'transparent';
}

/** What a tensor stands for: itself, the value below a transparent trace, or what stands in for it: see standIns.ts. */
export function valueBelow(tensor: Tensor): Tensor {
  let value = tensor;
  for (;;) {
    const other = standIn()?.(value);
    if (other) value = other;
    else if (isTransparent(value)) value = value.trace.valueOf(value);
    else return value;
  }
}

function highestTrace(inputs: KernelInputs): Trace | undefined {
  let top: Trace | undefined;
  for (const key in inputs) {
    const tracer = (inputs as Record<string, Tracer>)[key];
    const trace = tracer?.trace ?? (tracer && readerOf(tracer));
    if (trace === undefined) continue;
    if (trace.phase === 'closed') throw escaped(tracer!);
    if (!trace.revived) tracer!.throwIfDisposed();
    if (top === undefined || trace.level > top.level) top = trace;
  }
  return top;
}

/** Outputs that no input is: a composition may hand an input through. */
function apart<T extends Tensor | Tensor[]>(outputs: T, inputs: KernelInputs): T {
  const given = new Set<unknown>(Object.values(inputs));
  const own = (t: Tensor): Tensor => (given.has(t) ? clone(t) : t);
  return (Array.isArray(outputs) ? outputs.map(own) : own(outputs as Tensor)) as T;
}
