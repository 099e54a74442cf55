import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Engine } from './engine';
import type { Trace } from './trace';

/** Members of the engine that `Variable.assign` and `Variable.dispose` call. */
interface Tracker {
  disposeTensor(tensor: Tensor): void;
  disposeVariable(variable: Variable): void;
  incRef(tensor: Tensor, backend: unknown): void;
}

type Value = Pick<Tensor, 'dataId' | 'dtype' | 'size' | 'shape'>;

/** Cheaper than instanceof, which duck-types. */
export function isVariable(tensor: Tensor): tensor is Variable {
  return (tensor as Partial<Variable>).assign !== undefined;
}

let reader: Trace | undefined;

/** Runs `body` with the kernels that read a variable going to a trace: a captured program reads variables anew at each run. */
export function readBy<T>(trace: Trace, body: () => T): T {
  const before = reader;
  reader = trace;
  try {
    return body();
  } finally {
    reader = before;
  }
}

/** The trace that kernels on this tensor go to, tracers aside. */
export function readerOf(tensor: Tensor): Trace | undefined {
  return reader !== undefined && isVariable(tensor) ? reader : undefined;
}

/** Values that variables had when they were last asked to let go of them. */
const pending = new Map<Tensor, Value>();

function native(eng: Tracker): Tracker {
  return Object.getPrototypeOf(eng) as Tracker;
}

/** `engine.disposeTensor` as `assign` calls it first: the old value waits. */
function disposeTensor(this: Tracker, tensor: Tensor): void {
  if (!isVariable(tensor)) return native(this).disposeTensor.call(this, tensor);
  const { dataId, dtype, size, shape } = tensor;
  pending.set(tensor, { dataId, dtype, size, shape });
}

/** `engine.incRef` as `assign` calls it last: the new value is there. */
function incRef(this: Tracker, tensor: Tensor, backend: unknown): void {
  native(this).incRef.call(this, tensor, backend);
  const old = pending.get(tensor);
  if (!old) return;
  pending.delete(tensor);
  native(this).disposeTensor.call(this, old as Tensor);
}

function disposeVariable(this: Tracker & Engine, variable: Variable): void {
  native(this).disposeTensor.call(this, variable);
  delete this.state.registeredVariables[variable.name];
}

/**
 * `variable.assign` disposes the old value before it reads the new one, and reading a tracer throws: the variable would be lost. From here
 * on, until `letVariablesGo`, the old value is disposed when the new one is there.
 */
export function keepVariablesWhole(eng: Engine): void {
  Object.assign(eng, { disposeTensor, incRef, disposeVariable });
}

export function letVariablesGo(eng: Engine): void {
  const tracker = eng as Partial<Tracker>;
  delete tracker.disposeVariable;
  delete tracker.incRef;
  delete tracker.disposeTensor;
  pending.clear();
}
