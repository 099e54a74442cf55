import { fc, test } from '@fast-check/vitest';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import '../../src';
import { intercepted } from '../../src/core/dispatch';
import { ruleOf } from '../../src/core/rule';
import { runs } from '../support/runs';

const corner = fc.integer({ min: 0, max: 6 });
const box = fc.tuple(corner, corner, corner, corner);

test.prop(
  {
    boxes: fc.array(box, { minLength: 1, maxLength: 8 }),
    scores: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 8 }),
    maxOutputSize: fc.integer({ min: 1, max: 5 }),
    iouThreshold: fc.constantFrom(0.1, 0.3, 0.75),
    scoreThreshold: fc.constantFrom(-1, 0.35),
  },
  { numRuns: runs(20) },
)('what stands for NonMaxSuppressionV4 selects what tfjs does', async (drawn) => {
  const { iouThreshold, scoreThreshold } = drawn;
  // The op asks for no more than there are.
  const maxOutputSize = Math.min(drawn.maxOutputSize, drawn.boxes.length);
  const boxes = tf.tensor2d(drawn.boxes, [drawn.boxes.length, 4]);
  const scores = tf.tensor1d(drawn.scores.slice(0, drawn.boxes.length).map((s) => s / 10));
  const attrs = { maxOutputSize, iouThreshold, scoreThreshold, padToMaxOutputSize: true };
  const found = tf.tidy(() =>
    intercepted(() => ruleOf('NonMaxSuppressionV4')!.polyfill!({ boxes, scores }, attrs)),
  ) as tf.Tensor[];
  // On the host.
  const wanted = await tf.image.nonMaxSuppressionPaddedAsync(
    boxes,
    scores,
    maxOutputSize,
    iouThreshold,
    scoreThreshold,
    true,
  );
  const both = [found, [wanted.selectedIndices!, wanted.validOutputs!]].map((outputs) =>
    outputs.map((t) => ({ dtype: t.dtype, shape: t.shape, values: Array.from(t.dataSync()) })),
  );
  tf.dispose([boxes, scores, found, wanted]);
  expect(both[0]).toEqual(both[1]);
});
