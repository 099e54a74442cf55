import { reshape, transpose, util, type Tensor } from '@tensorflow/tfjs-core';
import { cutOut, padAround } from './margins';

/*
 * SpaceToBatchND and BatchToSpaceND axis by axis, in transpositions of rank 4: wasm's kernels do it in one of rank 6, where its Transpose
 * is 10 times slower.
 */

type Margins = readonly [before: number, after: number];

/** [b, s_1 k_1, s_2 k_2 ..., rest] -> [k_1 k_2 ... b, s_1, s_2 ..., rest], with margins added first. */
export function spaceToBlocks(x: Tensor, block: readonly number[], margins: readonly Margins[]): Tensor {
  const lengths = x.shape.map((n, i) => {
    const [before, after] = marginsOf(margins, i);
    return before + n + after;
  });
  const begin = x.shape.map((_, i) => marginsOf(margins, i)[0]);
  let t = padAround(x, begin, lengths);
  let inner = util.sizeFromShape(lengths.slice(block.length + 1));
  let places = 1;
  for (let axis = block.length; axis > 0; axis--) {
    const outer = util.sizeFromShape(lengths.slice(0, axis));
    places *= block[axis - 1]!;
    const count = lengths[axis]! / block[axis - 1]!;
    // [outer, s, k K, inner]: what was moved out of the axes behind comes along.
    t = transpose(reshape(t, [outer, count, places, inner]), axis === 1 ? [2, 0, 1, 3] : [0, 2, 1, 3]);
    inner *= count;
  }
  return reshape(
    t,
    lengths.map((n, i) => (i === 0 ? n * places : n / (block[i - 1] ?? 1))),
  );
}

/** The inverse: margins are cropped last. */
export function blocksToSpace(x: Tensor, block: readonly number[], crops: readonly Margins[]): Tensor {
  let places = util.sizeFromShape([...block]);
  const lengths = x.shape.map((n, i) => (i === 0 ? n / places : n * (block[i - 1] ?? 1)));
  let t = x;
  for (let axis = 1; axis <= block.length; axis++) {
    const outer = util.sizeFromShape(lengths.slice(0, axis));
    const count = x.shape[axis]!;
    const inner = util.sizeFromShape(x.shape.slice(axis + 1));
    t =
      axis === 1
        ? transpose(reshape(t, [places, outer, count, inner]), [1, 2, 0, 3])
        : transpose(reshape(t, [outer, places, count, inner]), [0, 2, 1, 3]);
    places /= block[axis - 1]!;
  }
  const begin = lengths.map((_, i) => marginsOf(crops, i)[0]);
  const kept = lengths.map((n, i) => {
    const [before, after] = marginsOf(crops, i);
    return n - before - after;
  });
  return cutOut(reshape(t, lengths), begin, kept);
}

function marginsOf(margins: readonly Margins[], axis: number): Margins {
  return margins[axis - 1] ?? [0, 0];
}
