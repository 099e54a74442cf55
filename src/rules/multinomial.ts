import { runKernel } from '../core/kernel';
import { defineRule } from '../core/rule';
import { mergeBatch, splitBatch } from './families/batching';

// Samples are whole numbers: no derivative. The rows of all examples are drawn in one call, hence apart from each other.
defineRule('Multinomial', {
  constant: true,
  impure: true,
  batch: ({ kernel, inputs, size, attrs }) =>
    splitBatch(runKernel(kernel, { logits: mergeBatch(inputs.logits!.value) }, attrs), size),
  shape: ({ inputs, attrs }) => ({ shape: [inputs.logits!.shape[0]!, attrs.numSamples], dtype: 'int32' }),
});
