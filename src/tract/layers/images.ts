import { slice, type Tensor } from '@tensorflow/tfjs-core';
import { BLOCK } from '../blocks';
import { partOf } from '../layer';

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
