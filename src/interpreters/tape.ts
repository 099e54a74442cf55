import { add, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { withScope } from '../core/engine';
import { Holdings } from '../core/holdings';
import type { Aval } from '../core/rule';

/** Where a cotangent goes: an output of a step of the tape. */
export interface Edge {
  readonly step: Step;
  readonly slot: number;
}

/** One step of the tape: how cotangents of its outputs become cotangents of what it was computed from. */
export interface Step {
  readonly order: number;
  readonly outputs: readonly Aval[];
  readonly parents: readonly Edge[];
  /** Cotangents of the parents, in their order, from those of the outputs. Null is zero. */
  pull: ((cts: (Tensor | null)[]) => (Tensor | null)[]) | null;
  /** Tensors held for `pull`. */
  held: readonly Tensor[];
}

/** What reverse mode records: steps in the order in which they ran. */
export class Tape {
  private steps: Step[] = [];

  /** @param holdings where tensors are held that steps need */
  constructor(private readonly holdings: Holdings) {}

  record(
    outputs: readonly Aval[],
    parents: readonly Edge[],
    pull: Step['pull'],
    held: readonly Tensor[],
  ): Step {
    const step: Step = { order: this.steps.length, outputs, parents, pull, held };
    this.steps.push(step);
    return step;
  }

  /**
   * Pulls cotangents of outputs back to leaves, which are steps without parents.
   *
   * @param once the tape is not needed again: what each step holds is let go as soon as it is past
   * @returns for each leaf its cotangent, detached (see `handOver`), or null for zero
   */
  backward(
    seeds: readonly { edge: Edge; ct: Tensor }[],
    leaves: readonly Step[],
    once: boolean,
  ): (Tensor | null)[] {
    const live = new Holdings();
    const pending: ((Tensor | null)[] | undefined)[] = new Array(this.steps.length);
    const receive = ({ step, slot }: Edge, ct: Tensor): void => {
      const cts = (pending[step.order] ??= new Array<Tensor | null>(step.outputs.length).fill(null));
      const sum = cts[slot];
      cts[slot] = live.hold(sum ? add(sum, ct) : ct);
      if (sum) live.release(sum);
    };
    try {
      withScope('pullback', () => {
        for (const { edge, ct } of seeds) receive(edge, ct);
      });
      for (let i = this.steps.length - 1; i >= 0; i--) {
        const step = this.steps[i]!;
        const cts = pending[i];
        if (cts && step.pull) {
          withScope('pullback', () => {
            const found = step.pull!(cts);
            for (let k = 0; k < found.length; k++) if (found[k]) receive(step.parents[k]!, found[k]!);
          });
          for (const ct of cts) if (ct) live.release(ct);
          pending[i] = undefined;
        }
        if (once) this.forget(step);
      }
      return leaves.map(({ order }) => {
        const ct = pending[order]?.[0];
        return ct ? live.take(ct) : null;
      });
    } finally {
      live.releaseAll();
    }
  }

  clear(): void {
    this.steps = [];
  }

  private forget(step: Step): void {
    for (const t of step.held) this.holdings.release(t);
    step.held = [];
    step.pull = null;
  }
}

/** Rules of kernels with several outputs may rely on a cotangent for each. */
export function fillZeros(cts: readonly (Tensor | null)[], outputs: readonly Aval[]): Tensor[] {
  return cts.map((ct, i) => ct ?? zeros(outputs[i]!.shape as number[], 'float32'));
}
