import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { NodeBackend } from '../../core/nodeBackend';
import type { Program } from '../../core/program';
import type { BareKernel } from '../../core/rule';
import { record } from './recording';
import { Session } from './session';

/**
 * Calls that become one graph of TensorFlow's: it works in place where nothing else reads a value, joins ops, runs those side by side that
 * do not wait for each other, and is one call from JavaScript. A program that runs once is not worth a graph: the first call runs its ops one
 * by one, the second writes them down.
 */
export class Graph {
  private calls = 0;
  private isPossible = true;
  private session: Session | undefined;
  /** Of each input the position of the first that was the same tensor when the ops were written down: only those are fed. */
  private first: readonly number[] = [];

  constructor(readonly program: Program) {}

  /** @param each runs the calls one by one */
  run(inputs: readonly TensorInfo[], backend: NodeBackend, each: BareKernel): TensorInfo[] {
    if (this.session && this.session.backend !== backend) this.dispose();
    if (!this.isPossible || this.calls++ === 0) return each(inputs);
    const ids = backend.getInputTensorIds([...inputs]);
    if (this.session) {
      if (this.first.every((first, i) => ids[first] === ids[i])) {
        try {
          return this.session.run({ inputs: firsts(inputs, this.first), attrs: {}, backend }) as TensorInfo[];
        } catch {
          // The op that fails has a better message by itself.
          this.isPossible = false;
          this.dispose();
          return each(inputs);
        }
      }
      // What was one tensor is several now. Written down anew with more of them, the graph takes the former calls too.
      if (new Set(ids).size <= new Set(this.first).size) return each(inputs);
      this.dispose();
    }
    this.first = ids.map((id) => ids.indexOf(id));
    const { outputs, recorded } = record(backend, firsts(inputs, this.first), () => each(inputs));
    this.isPossible = recorded !== undefined;
    try {
      if (recorded) this.session = new Session(backend, recorded);
    } catch {
      this.isPossible = false;
    }
    return outputs;
  }

  dispose(): void {
    this.session?.dispose();
    this.session = undefined;
  }
}

const firsts = (inputs: readonly TensorInfo[], first: readonly number[]): TensorInfo[] =>
  inputs.filter((_, i) => first[i] === i);
