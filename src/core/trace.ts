import type { Tensor } from '@tensorflow/tfjs-core';
import { engine, type CustomGradCall, type KernelInputs } from './engine';
import { Holdings } from './holdings';
import type { Attrs, Rule } from './rule';
import type { Tracer } from './tracer';

let lastLevel = 0;

/** Above the levels of all traces so far. */
export const nextLevel = (): number => ++lastLevel;

/** One running transformation: it decides what a kernel means on the tracers that it made. */
export abstract class Trace {
  /** Later traces have higher levels, and a kernel goes to the highest level among its inputs. */
  level = nextLevel();
  /** Tensors of lower levels that this trace keeps alive. */
  holdings = new Holdings();
  /** Depth of native `tf.grad` calls around this trace: deeper ones run inside it, on its tracers. */
  readonly nativeDepth = engine().state.gradientDepth;
  /** open: the body runs. transparent: its tracers stand for their values. closed: a tracer met now has escaped. */
  phase: 'open' | 'transparent' | 'closed' = 'open';
  /** The trace works again after its end, for a gradient function that closed over its tracers, disposed since. */
  revived = false;

  /** @param name the public function, as messages name it: 'grad(loss)' */
  constructor(readonly name: string) {}

  /** The value one level down that stands for the tracer while the trace is transparent. */
  abstract valueOf(tracer: Tracer): Tensor;
  /** Runs a kernel, some of whose inputs are tracers of this trace. Every output is a new tracer. */
  abstract process(kernel: string, inputs: KernelInputs, attrs: Attrs): Tensor | Tensor[];
  /** Runs a function made by `tf.customGrad`, under its own gradient. */
  abstract processCustomGrad(call: CustomGradCall): Tensor;
  /** Why a tracer's values can't be read. */
  abstract explainUnreadable(tracer: Tracer, method: string): string;
  /** Whether it takes a kernel as it is that elsewhere is what it is composed of. */
  takes(_rule: Rule): boolean {
    return false;
  }
  /** Whether `dataSync` and its kin read the value below. */
  readonly readable: boolean = false;
  /** Whether its tracers stand for the examples of a batch. */
  readonly maps: boolean = false;
  /** Whether its tracers have no values, only shapes and types. */
  readonly captures: boolean = false;

  owns(tensor: Tensor): tensor is Tracer {
    return (tensor as Tracer).trace === this;
  }
}

/** The message for a tracer used after its transformation ended. */
export function escaped(tracer: Tracer): Error {
  return new Error(
    `A tensor of shape [${tracer.shape.join(',')}] escaped from ${tracer.trace.name}: it stands for a value that exists only while the ` +
      `function runs. Return it from the function (or as aux, with hasAux) instead of storing it outside.`,
  );
}
