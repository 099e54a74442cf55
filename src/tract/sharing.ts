import { clone, type Tensor } from '@tensorflow/tfjs-core';
import { isDifferentiable } from '../core/rule';
import { traceOf, type Tracer } from '../core/tracer';
import { BatchTrace } from '../interpreters/batch';
import { callCustomDerivative } from '../interpreters/customDerivative';
import { StageTrace } from '../interpreters/stage';
import type { LinearLayer } from './layer';
import type { TractOptions } from './options';
import { measure, packed, unpacked, type Statistic } from './statistic';

/*
 * A layer that is applied to data several times (a siamese network, two augmentations of one picture) is one layer on the rows of all its
 * uses: the objective that TrAct minimises sums over everything that z = x W produces, so A = sum_i x_i^T x_i / sum_i b_i + lambda I,
 * and the gradient sum_i x_i^T g_i meets this one A. Taken use by use instead, each with a Gram matrix of its own, the update would fit every
 * branch as if the others did not move, and splitting a batch into two calls would change the result.
 *
 * When a use is met, later ones are not known yet; but its pullback runs after everything that the body did. So each use has a second output, a
 * token, and the results of the body pass through one more step, the tie, that takes tokens and data of all uses. Its pullback, the first to
 * run, sends the sum of all Gram matrices along the tokens' edges to the pullbacks of the uses, where A^-1 is applied to each x_i^T g_i. This
 * is data flow like any other, so that every transformation around it applies. Where a branch has no gradient, its rows still count.
 */

/** One application of a weight to data. */
export interface Use {
  readonly kernel: string;
  /** Paths of the parameters that the weight is computed from. */
  readonly sources: readonly string[];
  readonly weight: SharedWeight;
  readonly layer: LinearLayer;
  /** One level below the trace, as is the token; a checkpoint around the use replaces both by its outputs. */
  data: Tensor;
  token: Tensor;
}

/** A weight that meets data, with all its uses. */
export class SharedWeight {
  readonly uses: Use[] = [];
  private rows = 0;
  private pushed = false;

  constructor(
    private readonly name: string,
    private readonly options: TractOptions,
  ) {}

  addUse(use: Use): void {
    this.uses.push(use);
    if (this.pushed && this.uses.length > 1) this.refuseForwardMode();
  }

  /** Forward mode reaches the first use before the others exist. */
  pushForward(): void {
    this.pushed = true;
    if (this.uses.length > 1) this.refuseForwardMode();
  }

  /** What the tie sent, if there was one: zeros of a scalar's shape otherwise. */
  heard(message: Tensor): Statistic | undefined {
    return message.rank > 0 ? unpacked(message, this.rows) : undefined;
  }

  /** The message of the tie: the sums over the rows of all uses. */
  message(data: readonly Tensor[]): Tensor {
    let statistic: Statistic | undefined;
    this.uses.forEach(({ layer }, i) => {
      statistic = measure(layer, data[i]!, this.options.sample, statistic);
    });
    this.rows = statistic!.rows;
    return packed(statistic!);
  }

  private refuseForwardMode(): void {
    throw new Error(
      `${this.name}: forward mode (jvp, linearize, jacfwd) reaches the first use of a layer that is applied to data ${this.uses.length} times before ` +
        'the rows of the others are known. Use reverse mode, or apply the layer once to the concatenated rows.',
    );
  }
}

/** The results of the body, tied to the data of all weights that were used more than once. */
export function tie(name: string, results: readonly Tensor[], weights: Iterable<SharedWeight>): Tensor[] {
  const shared = [...weights].filter(({ uses }) => uses.length > 1);
  const tied = results.flatMap((y, i) => (isDifferentiable(y) ? [i] : []));
  if (shared.length === 0 || tied.length === 0) return results.slice();
  const uses = shared.flatMap((weight) => weight.uses);
  for (const weight of shared) checkMappedAlike(name, weight.uses);
  const copies = (inputs: Tensor[]): Tensor[] => inputs.slice(0, tied.length).map((y) => clone(y));
  const outputs = callCustomDerivative(
    {
      name,
      primal: copies,
      forward: (inputs) => ({
        outputs: copies(inputs),
        residuals: inputs.slice(tied.length + uses.length),
      }),
      backward: (data, cts) => {
        let next = 0;
        const messages = shared.flatMap((weight) => {
          const message = weight.message(data.slice(next, (next += weight.uses.length)));
          return weight.uses.map(() => message);
        });
        return [...cts, ...messages, ...data.map(() => null)];
      },
    },
    [...tied.map((i) => results[i]!), ...uses.map(({ token }) => token), ...uses.map(({ data }) => data)],
  );
  return results.map((y, i) => outputs[tied.indexOf(i)] ?? y);
}

/** Under vmap every example has an A of its own, so no use may be the same for all. */
function checkMappedAlike(name: string, uses: readonly Use[]): void {
  const mapped = uses.map(({ data, token }) => new Set([...batchTraces(data), ...batchTraces(token)]));
  const all = new Set(mapped.flatMap((traces) => [...traces]));
  if (mapped.every((traces) => traces.size === all.size)) return;
  throw new Error(
    `${name}: under vmap, a layer that is applied to data several times needs all of these data mapped, and some are the same for every example. ` +
      'Map them too (repeated along the mapped axis), or apply the layer once to the concatenated rows.',
  );
}

function batchTraces(tensor: Tensor): BatchTrace[] {
  const traces: BatchTrace[] = [];
  let value = tensor;
  for (let trace = traceOf(value); trace; trace = traceOf(value)) {
    if (trace instanceof BatchTrace) traces.push(trace);
    // A captured tensor stands for no other.
    if (trace instanceof StageTrace) break;
    value = trace.valueOf(value as Tracer);
  }
  return traces;
}
