import { clone, type Tensor } from '@tensorflow/tfjs-core';
import { isDifferentiable } from '../core/rule';
import { traceOf, type Tracer } from '../core/tracer';
import { callCustomDerivative } from '../interpreters/customDerivative';
import { ReverseTrace } from '../interpreters/reverse';
import type { LinearLayer } from './layer';
import type { TractOptions } from './options';
import { combined, measure, packed, unpacked, type Statistic } from './statistic';

/*
 * A layer that is applied to data several times (a siamese network, two augmentations of one picture, the steps of a loop) is one layer on the
 * rows of all its uses: the objective that TrAct minimises sums over everything that z = x W produces, so A = sum_i x_i^T x_i / sum_i b_i +
 * lambda I, and the gradient sum_i x_i^T g_i meets this one A. Taken use by use instead, each with a Gram matrix of its own, the update would fit
 * every branch as if the others did not move, and splitting a batch into two calls would change the result.
 *
 * When a use is met, later ones are not known yet. Reverse mode need not wait: the first use's pullback runs after all others. So the first use
 * has two more outputs: the weight, which later uses take in its place, so that their gradients come together there; and a token. The results of the body
 * pass through one more step, the tie, that takes the token and the data of all uses. Its pullback, the first to run, sends the sum of all Gram
 * matrices along the token's edge to the first use, where A^-1 is applied once. This is data flow like any other, so that every transformation
 * around it applies. Where a branch has no gradient, its rows still count.
 *
 * Forward mode, vmap over some of the data, captures that are differentiated later, and uses inside loops need A when they meet the first use.
 * There the body runs twice, first to meet all uses: see `TractTrace.secondly`.
 */

/** One application of a weight to data. */
export interface Use {
  readonly kernel: string;
  /** Paths of the parameters that the weight is computed from. */
  readonly sources: readonly string[];
  readonly weight: SharedWeight;
  readonly layer: LinearLayer;
  /** Rows of x; in a loop, those of all steps. */
  readonly b: number;
  /** What is kept of its data, one level below the trace; a checkpoint around the use replaces it by its outputs. */
  kept: Data | Sums;
}

interface Data {
  readonly data: Tensor;
  /** Of a first use: where it hears of A. */
  readonly token?: Tensor;
}

/** Of a use inside a loop, whose data are gone: see `packed`. */
interface Sums {
  readonly sums: Tensor;
  readonly rows: number;
}

export const keepsData = (kept: Use['kept']): kept is Data => 'data' in kept;

/** The statistic of uses, added to another one. */
export function measured(uses: readonly Use[], share: number, onto?: Statistic): Statistic {
  const applied = uses.flatMap(({ layer, kept }) => (keepsData(kept) ? { layer, data: kept.data } : []));
  const sums = uses.flatMap(({ kept }) => (keepsData(kept) ? [] : unpacked(kept.sums, kept.rows)));
  const first = applied.length > 0 ? measure(applied, share, onto) : onto;
  return [...(first ? [first] : []), ...sums].reduce((a, b) => combined(a, b));
}

/** A weight that meets data, with all its uses. */
export class SharedWeight {
  readonly uses: Use[] = [];
  /** Whether forward mode has reached a use. */
  pushed = false;
  /** A weight that differs from step to step of a loop: each step has an A of its own. */
  varies = false;
  /** Whether nothing around differentiates it: its gradient, and with it A, is nobody's. */
  isFixed = true;
  /** The statistic of all uses, while the body runs for the second time. */
  given: Tensor | undefined;
  rows = 0;

  constructor(private readonly options: TractOptions) {}

  /** What the tie sent, or an earlier run of the body gave, if anything: a scalar otherwise. */
  heard(message: Tensor): Statistic | undefined {
    return message.rank > 0 ? unpacked(message, this.rows) : undefined;
  }

  /** The sums over the rows of all uses, as a message to them. */
  message(data?: readonly Tensor[]): Tensor {
    const { uses, options } = this;
    const statistic = data
      ? measure(
          data.map((t, i) => ({ layer: uses[i]!.layer, data: t })),
          options.sample,
        )
      : measured(uses, options.sample);
    this.rows = statistic.rows;
    return packed(statistic);
  }

  /** Whether its A is not that of one use alone. */
  get isShared(): boolean {
    return !this.varies && (this.uses.length > 1 || this.uses.some(({ kept }) => !keepsData(kept)));
  }

  /** Whether the uses need A before all of them are met. */
  get isEager(): boolean {
    if (!this.isShared || this.isFixed) return false;
    if (this.uses.some(({ kept }) => !keepsData(kept))) return true;
    const kept = this.uses.map((use) => use.kept as Data);
    return this.pushed || !areMappedAlike(kept) || kept.some(isDifferentiatedLater);
  }
}

/** The results of the body, tied to the data of all weights that were used more than once. */
export function tie(name: string, results: readonly Tensor[], weights: Iterable<SharedWeight>): Tensor[] {
  const shared = [...weights].filter(({ isShared, isFixed }) => isShared && !isFixed);
  const tied = results.flatMap((y, i) => (isDifferentiable(y) ? [i] : []));
  if (shared.length === 0 || tied.length === 0) return results.slice();
  const kept = shared.map(({ uses }) => uses.map((use) => use.kept as Data));
  const data = kept.map((uses) => uses.map((use) => use.data));
  const tokens = kept.map((uses) => uses.flatMap(({ token }) => token ?? []));
  const copies = (inputs: Tensor[]): Tensor[] => inputs.slice(0, tied.length).map((y) => clone(y));
  const outputs = callCustomDerivative(
    {
      name,
      primal: copies,
      forward: (inputs) => ({
        outputs: copies(inputs),
        residuals: inputs.slice(inputs.length - data.flat().length),
      }),
      backward: (residuals, cts) => {
        let next = 0;
        const messages = shared.flatMap((weight, i) => {
          const message = weight.message(residuals.slice(next, (next += weight.uses.length)));
          return tokens[i]!.map(() => message);
        });
        return [...cts, ...messages, ...residuals.map(() => null)];
      },
    },
    [...tied.map((i) => results[i]!), ...tokens.flat(), ...data.flat()],
  );
  return results.map((y, i) => outputs[tied.indexOf(i)] ?? y);
}

/** Under vmap every example has an A of its own, which a use that is the same for all examples can't hear of by its token. */
function areMappedAlike(uses: readonly Data[]): boolean {
  const mapped = uses.map(
    ({ data, token }) =>
      new Set([data, token ?? data].flatMap((t) => tracesBelow(t)).filter(({ maps }) => maps)),
  );
  const all = new Set(mapped.flatMap((traces) => [...traces]));
  return uses.every(({ token }, i) => !token || mapped[i]!.size === all.size);
}

/** Whether the use is written down before any derivative is taken: in forward mode, maybe. */
function isDifferentiatedLater({ token }: Data): boolean {
  if (!token) return false;
  const traces = tracesBelow(token);
  return traces.at(-1)?.captures === true && !traces.some((t) => t instanceof ReverseTrace);
}

function tracesBelow(tensor: Tensor): NonNullable<ReturnType<typeof traceOf>>[] {
  const traces = [];
  let value = tensor;
  for (let trace = traceOf(value); trace; trace = traceOf(value)) {
    traces.push(trace);
    // A captured tensor stands for no other.
    if (trace.captures) break;
    value = trace.valueOf(value as Tracer);
  }
  return traces;
}
