import { defineRule } from '../../core/rule';

/*
 * Which boxes remain, greedily by score: indices, hence constant. (TensorFlow has no derivative either for the scores that version 5
 * lowers.) Each choice depends on those before it, so examples run one after the other.
 */
const uncapturable = 'how many boxes it selects depends on their values';

for (const kernel of ['NonMaxSuppressionV3', 'NonMaxSuppressionV5'])
  defineRule(kernel, { constant: true, uncapturable });

// Padded to the wanted number its shape is known, but only then.
defineRule('NonMaxSuppressionV4', {
  constant: true,
  uncapturable: (attrs) => (attrs.padToMaxOutputSize ? undefined : uncapturable),
  shape: ({ attrs }) => [
    { shape: [attrs.maxOutputSize], dtype: 'int32' },
    { shape: [], dtype: 'int32' },
  ],
});
