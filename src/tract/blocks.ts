import { concat, slice, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { Wide } from '../linalg/wide';
import type { DenseLayer, LinearLayer } from './layer';

/** A block of an unfolded input takes at most so many bytes; with the copies that its making and its products need, it stays well below 64 MiB. */
export const BLOCK = 8 * 2 ** 20;

/** Data that a layer is applied to. */
export interface Applied<Layer = LinearLayer> {
  readonly layer: Layer;
  readonly data: Tensor;
}

/** Sums over rows, and over how many. */
export interface Sums {
  readonly sums: readonly Wide[];
  readonly rows: number;
}

/** Blocks of the rows of x of several uses. Those of small ones come together: one product, not many. */
export function* blocksOf(uses: readonly Applied<DenseLayer>[], share: number): Iterable<() => Tensor> {
  let group: (() => Tensor)[] = [];
  let bytes = 0;
  for (const { layer, data } of uses) {
    const own = 4 * layer.stacks * layer.b * layer.n;
    if (bytes > 0 && bytes + own > BLOCK) {
      yield together(group);
      [group, bytes] = [[], 0];
    }
    if (own > BLOCK) yield* layer.blocks(data, share);
    else {
      group.push(...layer.blocks(data, share));
      bytes += own;
    }
  }
  if (group.length > 0) yield together(group);
}

const together = (blocks: readonly (() => Tensor)[]) => (): Tensor => {
  const all = blocks.map((block) => block());
  return all.length === 1 ? all[0]! : concat(all, all[0]!.rank - 2);
};

/**
 * Sums over the rows of x, block by block, so that no more than one block is there at a time.
 *
 * @param step the sums with a block `[..., rows, n]` added, whose first row is row `begin` of x; none yet at the first block
 * @param onto where to start
 */
export function sumOverBlocks(
  blocks: Iterable<() => Tensor>,
  step: (x: Tensor, sums: readonly (Wide | undefined)[], begin: number) => Wide[],
  onto?: Sums,
): Sums {
  let sums: readonly Wide[] = onto?.sums ?? [];
  let begin = 0;
  for (const block of blocks) {
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
  return together([...layer.blocks(data, 1)])();
}
