import { concat, slice, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { Wide } from '../linalg/wide';
import type { DenseLayer } from './layer';

/** Sums over rows, and over how many. */
export interface Sums {
  readonly sums: readonly Wide[];
  readonly rows: number;
}

/**
 * Sums over the rows of x, block by block, so that no more than one block is there at a time.
 *
 * @param step the sums with a block `[..., rows, n]` added, whose first row is row `begin` of x; none yet at the first block
 * @param onto where to start
 */
export function sumOverBlocks(
  layer: DenseLayer,
  data: Tensor,
  share: number,
  step: (x: Tensor, sums: readonly (Wide | undefined)[], begin: number) => Wide[],
  onto?: Sums,
): Sums {
  let sums: readonly Wide[] = onto?.sums ?? [];
  let begin = 0;
  for (const block of layer.blocks(data, share)) {
    const before = sums;
    sums = tidy(() => {
      const x = block();
      const next = step(x, before, begin);
      begin += x.shape.at(-2)!;
      return next.map(({ high, low }) => ({ high, low }));
    });
    if (before !== onto?.sums) for (const { high, low } of before) [high, low].forEach((t) => t.dispose());
  }
  return { sums, rows: begin + (onto?.rows ?? 0) };
}

/** Rows of `[..., b, m]`. */
export function rowsFrom(all: Tensor, begin: number, count: number): Tensor {
  const axis = all.rank - 2;
  if (count === all.shape[axis]) return all;
  return slice(
    all,
    all.shape.map((_, i) => (i === axis ? begin : 0)),
    all.shape.map((size, i) => (i === axis ? count : size)),
  );
}

/** All rows of x at once, for where they are fewer than features. */
export function allRows(layer: DenseLayer, data: Tensor): Tensor {
  const blocks = [...layer.blocks(data, 1)].map((block) => block());
  return blocks.length === 1 ? blocks[0]! : concat(blocks, blocks[0]!.rank - 2);
}
