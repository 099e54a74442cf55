import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import '../../src';
import { ruledKernels, ruleOf } from '../../src/core/rule';

// How large their results are depends on values, so they can be neither captured nor run on a whole batch.
const shapedByValues = ['RaggedRange', 'SparseFillEmptyRows', 'Unique'];
// Likewise, but a batch can be cut into calls of one shape.
const sizedBySegments = ['SparseSegmentMean', 'SparseSegmentSum'];

it('every kernel of the backend has rules', () => {
  const known = new Set(ruledKernels());
  const kernels = tf.getKernelsForBackend(tf.getBackend()).map(({ kernelName }) => kernelName);
  expect(kernels.length).toBeGreaterThan(100);
  expect(kernels.filter((kernel) => !known.has(kernel)).sort()).toEqual([]);
});

it('every kernel with derivatives can be captured, unless its shapes depend on values', () => {
  const lacking = ruledKernels().filter((kernel) => {
    const { decompose, shape, inline, impure, constant } = ruleOf(kernel)!;
    return !(decompose || shape || inline || impure || constant);
  });
  expect(lacking).toEqual([...shapedByValues, ...sizedBySegments].sort());
});

it('every kernel with derivatives runs on whole batches, unless its shapes depend on values', () => {
  const lacking = ruledKernels().filter((kernel) => {
    const { decompose, batch, inline, constant } = ruleOf(kernel)!;
    return !(decompose || batch || inline || constant);
  });
  expect(lacking).toEqual(shapedByValues);
});
