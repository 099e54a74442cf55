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

  constructor(readonly program: Program) {}

  /** @param each runs the calls one by one */
  run(inputs: readonly TensorInfo[], backend: NodeBackend, each: BareKernel): TensorInfo[] {
    if (this.session && this.session.backend !== backend) this.dispose();
    if (this.session) {
      try {
        return this.session.run({ inputs, attrs: {}, backend }) as TensorInfo[];
      } catch {
        // The op that fails has a better message by itself.
        this.isPossible = false;
        this.dispose();
      }
    }
    if (!this.isPossible || this.calls++ === 0 || haveOneHandle(inputs, backend)) return each(inputs);
    const { outputs, recorded } = record(backend, inputs, () => each(inputs));
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

/** Whether two of them are the same tensor, in which case nobody could tell which of them an op reads. */
function haveOneHandle(inputs: readonly TensorInfo[], backend: NodeBackend): boolean {
  return new Set(backend.getInputTensorIds([...inputs])).size < inputs.length;
}
