import { getBackend, reshape, slice, stack, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule, type BatchCall, type Batching } from '../core/rule';
import { foldedBatch } from './families/batching';

// Samples are whole numbers: no derivative. Examples draw apart from each other.
defineRule('Multinomial', {
  constant: true,
  impure: true,
  shape: ({ inputs, attrs }) => ({ shape: [inputs.logits!.shape[0]!, attrs.numSamples], dtype: 'int32' }),
});

function batch(call: BatchCall): Tensor {
  if (getBackend() !== 'cpu') return foldedBatch(call);
  const { kernel, inputs, size, attrs } = call;
  const logits = inputs.logits!.value;
  // cpu's kernel seeds its generator again for each row, so that equal rows get equal samples.
  const [, n, m] = logits.shape as [number, number, number];
  const draws = Array.from({ length: size }, (_, i) =>
    runKernel(
      kernel,
      { logits: reshape(slice(logits, [i, 0, 0], [1, n, m]), [n, m]) },
      { ...attrs, seed: attrs.seed + i },
    ),
  );
  return stack(draws);
}

export const batching: Batching = () => ({ Multinomial: batch });
