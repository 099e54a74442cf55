import { image, type Tensor } from '@tensorflow/tfjs-core';
import { foldedBatch } from '../families/batching';
import { linear } from '../families/linear';
import { like } from '../families/outputs';

const flip = image.flipLeftRight as unknown as (images: Tensor) => Tensor;

// A mirror is its own transpose.
linear('FlipLeftRight', 'image', {
  transpose: (ct) => flip(ct),
  batch: foldedBatch,
  shape: like('image'),
});
