import { runKernel } from '../core/kernel';
import { defineRule } from '../core/rule';

// Strings have no derivative, nor has what is told of them.

defineRule('StringToHashBucketFast', {
  constant: true,
  batch: ({ kernel, inputs, attrs }) => runKernel(kernel, { input: inputs.input!.value }, attrs),
  shape: ({ inputs }) => ({ shape: inputs.input!.shape, dtype: 'int32' }),
});

defineRule('StaticRegexReplace', {
  constant: true,
  batch: ({ kernel, inputs, attrs }) => runKernel(kernel, { x: inputs.x!.value }, attrs),
  shape: ({ inputs }) => ({ shape: inputs.x!.shape, dtype: 'string' }),
});

defineRule('StringSplit', {
  constant: true,
  uncapturable: 'how many parts there are depends on the strings',
});

defineRule('StringNGrams', {
  constant: true,
  uncapturable: 'how many n-grams there are depends on the splits',
});
