import { defineRule } from '../core/rule';
import { batchInFront } from './families/batching';
import { like } from './families/outputs';

// Strings have no derivative, nor has what is told of them.

defineRule('StringToHashBucketFast', {
  constant: true,
  batch: batchInFront,
  shape: like('input', 'int32'),
});

defineRule('StaticRegexReplace', {
  constant: true,
  batch: batchInFront,
  shape: like('x'),
});

defineRule('StringSplit', {
  constant: true,
  uncapturable: 'how many parts there are depends on the strings',
});

defineRule('StringNGrams', {
  constant: true,
  uncapturable: 'how many n-grams there are depends on the splits',
});
