import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { cholesky } from '../../../src/linalg/kernels/cholesky';
import { registerLinalgKernel } from '../../../src/linalg/kernels/register';
import { solve } from '../../../src/linalg/kernels/solve';

test('registerLinalgKernel serves a backend that does not exist yet, once, and keeps the kernels it has', () => {
  const backendName = 'a backend to come';
  const own: tf.KernelConfig = { kernelName: 'TractSolve', backendName, kernelFunc: () => [] };
  tf.registerKernel(own);
  try {
    const find = () => ['TractCholesky', 'TractSolve'].map((name) => tf.getKernel(name, backendName));
    for (const kernel of [cholesky, solve]) registerLinalgKernel(kernel, backendName);
    const first = find();
    for (const kernel of [cholesky, solve]) registerLinalgKernel(kernel, backendName);
    expect(find()).toEqual(first);
    expect(first[0]?.kernelName).toBe('TractCholesky');
    expect(first[1]).toBe(own);
  } finally {
    for (const name of ['TractCholesky', 'TractSolve']) tf.unregisterKernel(name, backendName);
  }
});
