import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { cholesky } from '../../../src/linalg/kernels/cholesky';
import { onTensorFlow } from '../../../src/linalg/kernels/tensorflowInPages';

test('what a page has in place of the kernels for tfjs-node computes the same on the host', () => {
  const { kernelName, backendName, kernelFunc } = onTensorFlow(cholesky);
  expect([kernelName, backendName]).toEqual(['TractCholesky', 'tensorflow']);
  tf.tidy(() => {
    const a = tf.tensor2d([4, 2, 2, 5], [2, 2]);
    const l = kernelFunc({ inputs: { a }, backend: tf.backend(), attrs: {} }) as tf.TensorInfo;
    expect(Array.from(tf.engine().makeTensorFromTensorInfo(l).dataSync())).toEqual([2, 0, 1, 2]);
  });
});
