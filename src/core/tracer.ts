import { type DataType, type Tensor, Variable } from '@tensorflow/tfjs-core';
import { engine } from './engine';
import { escaped, type Trace } from './trace';

/** A tensor that stands for another while a transformation runs: shape and dtype are known, what a kernel does with it is up to its trace. */
export interface Tracer extends Tensor {
  readonly trace: Trace;
  /** What the trace knows of it. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly payload: any;
}

type TensorClass = new (shape: number[], dtype: DataType, dataId: object, id: number) => Tensor;
type TracerClass = new (
  trace: Trace,
  shape: number[],
  dtype: DataType,
  payload: unknown,
  owned: (Tensor | null)[],
) => Tracer;

const NO_DATA = {};
let lastId = 0;

/** The id of the tracer made last; the next one's is lower. */
export const latestTracer = (): number => lastId;

const READERS = [
  'dataSync',
  'data',
  'arraySync',
  'array',
  'buffer',
  'bufferSync',
  'bytes',
  'dataToGPU',
] as const;

/** Tracers of a class share the prototype of the tensors they stand for, so that chained methods, whichever copy of tfjs-core added them, work. */
function deriveTracerClass(Base: TensorClass): TracerClass {
  class DerivedTracer extends Base {
    declare trace: Trace;
    declare payload: unknown;
    declare private owned: (Tensor | null)[];

    constructor(trace: Trace, shape: number[], dtype: DataType, payload: unknown, owned: (Tensor | null)[]) {
      // Negative ids never meet the engine's own, which the native tape counts up.
      super(shape, dtype, NO_DATA, --lastId);
      this.trace = trace;
      this.payload = payload;
      this.owned = owned;
      engine().track(this as unknown as Tensor);
    }

    override dispose(): void {
      if (this.isDisposed) return;
      (this as unknown as { isDisposedInternal: boolean }).isDisposedInternal = true;
      for (const tensor of this.owned) if (tensor) this.trace.holdings.release(tensor);
    }

    override toString(): string {
      return `Tracer<${this.trace.name}>(${this.dtype}[${this.shape.join(',')}])`;
    }

    /** Comparisons and arithmetic of JavaScript would go on with NaN, silently. */
    [Symbol.toPrimitive](hint: string): string {
      if (hint !== 'number') return this.toString();
      const { trace } = this;
      if (trace.phase === 'closed') throw escaped(this as unknown as Tracer);
      throw new Error(
        trace.readable
          ? `${trace.name}: a tensor is not a number. Use tf ops (tf.greater, tf.add ...), or dataSync() for its value.`
          : trace.explainUnreadable(this as unknown as Tracer, 'an operator of JavaScript'),
      );
    }

    override print(): void {
      console.log(this.toString());
    }
  }

  // Tensor has a duck-typed hasInstance, which subclasses inherit: without this every tensor would be an instance. A static method with a
  // computed name would keep V8 from ever finishing the compilation of what makes tracers (it gives up on "StableMapDependency").
  Object.defineProperty(DerivedTracer, Symbol.hasInstance, { value: Function.prototype[Symbol.hasInstance] });

  const proto = DerivedTracer.prototype as unknown as Record<string, unknown>;
  for (const method of READERS) {
    const native = Base.prototype as unknown as Record<string, ((...args: unknown[]) => unknown) | undefined>;
    if (typeof native[method] !== 'function') continue;
    proto[method] = function (this: Tracer, ...args: unknown[]): unknown {
      const value = readableValue(this, `${method}()`) as unknown as Record<
        string,
        (...args: unknown[]) => unknown
      >;
      return value[method]!(...args);
    };
  }
  Object.defineProperty(proto, 'dataId', {
    configurable: true,
    set() {},
    get(this: Tracer) {
      throw this.trace.phase === 'closed'
        ? escaped(this)
        : new Error(this.trace.explainUnreadable(this, 'a backend or a variable assignment'));
    },
  });
  return DerivedTracer as unknown as TracerClass;
}

function readableValue(tracer: Tracer, method: string): Tensor {
  const { trace } = tracer;
  if (trace.phase === 'closed') throw escaped(tracer);
  tracer.throwIfDisposed();
  if (!trace.readable) throw new Error(trace.explainUnreadable(tracer, method));
  return trace.valueOf(tracer);
}

const derived = new Map<unknown, TracerClass>();

function tracerClassFor(like: Tensor): TracerClass {
  let Base: unknown = like.constructor;
  const known = derived.get(Base);
  if (known) return known;
  // A variable stands for a tensor: derive from the class above it.
  while (Base === Variable || 'assign' in (Base as TensorClass).prototype) Base = Object.getPrototypeOf(Base);
  const made = derived.get(Base) ?? deriveTracerClass(Base as TensorClass);
  derived.set(Base, made).set(like.constructor, made).set(made, made);
  return made;
}

/**
 * Makes a tracer. It belongs to the open tidy scope, as the result of any op does, and lets go of `owned` when it is disposed.
 *
 * @param like  a tensor whose class the tracer shares
 * @param owned lower-level tensors held for it in the trace's holdings
 */
export function makeTracer(
  trace: Trace,
  like: Tensor,
  aval: { shape: readonly number[]; dtype: DataType },
  payload: unknown,
  owned: (Tensor | null)[],
): Tracer {
  const TracerOf = tracerClassFor(like);
  return new TracerOf(trace, aval.shape as number[], aval.dtype, payload, owned);
}

/** The trace of a tensor, if it is a tracer. */
export function traceOf(tensor: unknown): Trace | undefined {
  return (tensor as Partial<Tracer> | null | undefined)?.trace;
}
