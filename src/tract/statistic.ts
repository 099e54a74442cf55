import { add, addN, div, stack, sub, unstack, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { gram, ridgeSolve, type Wide } from '../linalg/wide';
import { blocksOf, sumOverBlocks, type Applied } from './blocks';
import { checked } from './checked';
import type { DenseLayer, LinearLayer } from './layer';
import type { TractOptions } from './options';

/**
 * What A = x^T x / rows + lambda I needs of the data: sums over rows, so that those of several blocks, uses or machines add up.
 * Dense: x^T x as a pair (see linalg/wide.ts), `[..., n, n]`; lookup: counts `[n]`.
 */
export interface Statistic {
  readonly sums: readonly Tensor[];
  readonly rows: number;
}

/** The statistic of all data that a layer is applied to, added to another one. */
export function measure(uses: readonly Applied[], share: number, onto?: Statistic): Statistic {
  const counted = uses.flatMap(({ layer, data }) =>
    layer.kind === 'lookup' ? layer.counts(data, share) : [],
  );
  if (counted.length > 0) {
    const all = counted.map(({ counts, rows }): Statistic => ({ sums: [counts], rows }));
    return [...all, ...(onto ? [onto] : [])].reduce((a, b) => combined(a, b));
  }
  const { sums, rows } = sumOverBlocks(
    blocksOf(uses as readonly Applied<DenseLayer>[], share),
    (x, [sum]) => [gram(x, sum)],
    onto && { sums: [asWide(onto)], rows: onto.rows },
  );
  return { sums: [sums[0]!.high, sums[0]!.low], rows };
}

/** The sum of two statistics, with all their digits. */
export function combined(a: Statistic, b: Statistic): Statistic {
  const [high, low] = a.sums;
  const [otherHigh, otherLow] = b.sums;
  const rows = a.rows + b.rows;
  const sum = add(high!, otherHigh!);
  if (!low || !otherLow) return { sums: [sum], rows };
  // Knuth: what rounding took from a + b.
  const part = sub(sum, high!);
  const lost = add(sub(high!, sub(sum, part)), sub(otherHigh!, part));
  return { sums: [sum, addN([low, otherLow, lost])], rows };
}

/** The mean over rows, as `reduce` gets it: x^T x / rows, or for a lookup its diagonal. */
export function meanOf({ sums, rows }: Statistic): Tensor {
  return div(sums[0]!, Math.max(rows, 1));
}

/** The statistic with the hook for data-parallel runs applied. */
export function reduced(statistic: Statistic, { reduce }: TractOptions): Statistic {
  if (!reduce) return statistic;
  const mean = reduce(meanOf(statistic), statistic.rows);
  return { sums: statistic.sums.length === 1 ? [mean] : [mean, zerosLike(mean)], rows: 1 };
}

/** A^-1 times a gradient shaped as the weight. */
export function precondition(
  layer: LinearLayer,
  statistic: Statistic,
  lambda: Tensor,
  gradient: Tensor,
): Tensor {
  return layer.kind === 'lookup'
    ? div(gradient, layer.alongFeatures(add(meanOf(statistic), lambda)))
    : layer.fromMatrix(divide(statistic, lambda, layer.toMatrix(gradient)));
}

/** A^-1 y for a dense statistic and y `[..., n, m]`. */
export function divide(statistic: Statistic, lambda: Tensor, y: Wide | Tensor): Tensor {
  const sum = asWide(statistic);
  const x = ridgeSolve(sum, Math.max(statistic.rows, 1), lambda, y);
  return checked(sum.high, 'high' in y ? y.high : y, x);
}

const asWide = ({ sums: [high, low] }: Statistic): Wide => ({ high: high!, low: low! });

/** A statistic as one tensor, and back. */
export const packed = ({ sums }: Statistic): Tensor => stack(sums as Tensor[]);
export const unpacked = (sums: Tensor, rows: number): Statistic => ({ sums: unstack(sums), rows });
