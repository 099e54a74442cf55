import { slice, type Tensor } from '@tensorflow/tfjs-core';
import { partOf } from '../layer';

/** An unfolded block takes at most so many bytes; with the copies that its making and its products need, it stays well below 64 MiB. */
const BLOCK = 8 * 2 ** 20;

/**
 * Parts of a batch of images (or volumes), each of a size whose patches can be held.
 *
 * @param images `[batch, ...]`
 * @param bytes  size of the patches of one image
 * @param share  share of the images that is wanted
 */
export function* partsOf(images: Tensor, bytes: number, share: number): Iterable<() => Tensor> {
  const batch = images.shape[0]!;
  const wanted = partOf(batch, share);
  const perBlock = Math.max(1, Math.floor(BLOCK / Math.max(bytes, 1)));
  if (wanted === batch && batch <= perBlock) {
    yield () => images;
    return;
  }
  for (let i = 0; i < wanted; i += perBlock) {
    const count = Math.min(perBlock, wanted - i);
    yield () => slice(images, [i, ...images.shape.slice(1).map(() => 0)], [count, ...images.shape.slice(1)]);
  }
}
