import {
  add,
  argMax,
  cast,
  div,
  equal,
  expandDims,
  gather,
  getBackend,
  greater,
  greaterEqual,
  logicalAnd,
  max,
  maximum,
  minimum,
  mul,
  onesLike,
  range,
  reshape,
  scalar,
  stack,
  sub,
  sum,
  unstack,
  where,
  zeros,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { defineRule, type Attrs, type Named } from '../../core/rule';

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
  // webgpu has no such kernel: tfjs issues 5496 (missing kernels) and 2361 (its other suppressions run on the host).
  polyfill: ({ boxes, scores }: Named<Tensor>, attrs) => {
    if (attrs.padToMaxOutputSize) return paddedSuppression(boxes!, scores!, attrs);
    throw new Error(
      `The ${getBackend()} backend has no kernel NonMaxSuppressionV4, and how many boxes it selects can't be known without a look at ` +
        `their values. Call tf.image.nonMaxSuppressionPadded with padToMaxOutputSize = true, or await ` +
        `tf.image.nonMaxSuppressionPaddedAsync outside of transformations.`,
    );
  },
});

/** Far below any score. */
const LOWEST = -3e38;

/**
 * Takes the box of the highest score, strikes out those that overlap it, and so on: as tfjs does it on the host, without a look at values.
 *
 * @param boxes  [n, 4]: two corners
 * @param scores [n]
 * @returns indices [maxOutputSize], zeros behind the last one, and how many there are
 */
function paddedSuppression(boxes: Tensor, scores: Tensor, attrs: Attrs): Tensor[] {
  const { maxOutputSize, iouThreshold, scoreThreshold } = attrs as Record<string, number>;
  const n = scores.size;
  if (n === 0) return [zeros([maxOutputSize!], 'int32'), scalar(0, 'int32')];
  const overlaps = cast(greaterEqual(overlap(boxes), iouThreshold!), 'float32');
  const places = range(0, n, 1, 'float32');
  let remains = cast(greater(scores, scoreThreshold!), 'float32');
  const chosen: Tensor[] = [];
  const found: Tensor[] = [];
  for (let i = 0; i < maxOutputSize!; i++) {
    const best = argMax(where(greater(remains, 0), scores, mul(LOWEST, onesLike(scores)))) as Tensor1D;
    found.push(max(remains));
    chosen.push(mul(cast(best, 'float32'), found[i]!));
    const struck = maximum(gather(overlaps, best), cast(equal(places, cast(best, 'float32')), 'float32'));
    remains = mul(remains, sub(1, struck));
  }
  return [stack(chosen), sum(stack(found))].map((t) => cast(t, 'int32'));
}

/** Intersection over union of each box with each, 0 for boxes without an area: [n, n]. */
function overlap(boxes: Tensor): Tensor {
  const [y1, x1, y2, x2] = unstack(boxes, 1) as [Tensor, Tensor, Tensor, Tensor];
  const corners = [minimum(y1, y2), minimum(x1, x2), maximum(y1, y2), maximum(x1, x2)] as const;
  const [top, left, bottom, right] = corners;
  const area = mul(sub(bottom, top), sub(right, left));
  const column = (t: Tensor): Tensor => expandDims(t, 1);
  const shared = (low: Tensor, high: Tensor): Tensor =>
    maximum(sub(minimum(column(high), high), maximum(column(low), low)), 0);
  const intersection = mul(shared(top, bottom), shared(left, right));
  const union = sub(add(column(area), area), intersection);
  const hasArea = greater(area, 0);
  const both = logicalAnd(column(hasArea), reshape(hasArea, [1, -1]));
  return mul(div(intersection, where(both, union, onesLike(union))), cast(both, 'float32'));
}
