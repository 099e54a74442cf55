import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { registerLinalgKernels } from '../../../src/linalg/kernels/register';

const names = ['TractCholesky', 'TractCholeskySolve', 'TractLU', 'TractSolve', 'TractTriangularSolve'];

test('registerLinalgKernels serves a backend that does not exist yet, once, and keeps the kernels it has', () => {
  const backendName = 'a backend to come';
  const own: tf.KernelConfig = { kernelName: 'TractLU', backendName, kernelFunc: () => [] };
  tf.registerKernel(own);
  try {
    registerLinalgKernels(backendName);
    const first = names.map((name) => tf.getKernel(name, backendName));
    registerLinalgKernels(backendName);
    expect(names.map((name) => tf.getKernel(name, backendName))).toEqual(first);
    expect(first.map((config) => config?.kernelName)).toEqual(names);
    expect(tf.getKernel('TractLU', backendName)).toBe(own);
  } finally {
    for (const name of names) tf.unregisterKernel(name, backendName);
  }
});
