import { image, type Tensor } from '@tensorflow/tfjs-core';
import { mergeBatch, splitBatch } from '../families/batching';
import { linear } from '../families/linear';

const flip = image.flipLeftRight as unknown as (images: Tensor) => Tensor;

// A mirror is its own transpose.
linear('FlipLeftRight', 'image', {
  transpose: (ct) => flip(ct),
  batch: ({ inputs, size }) => splitBatch(flip(mergeBatch(inputs.image!.value)), size),
  shape: ({ inputs }) => ({ shape: inputs.image!.shape, dtype: inputs.image!.dtype }),
});
