import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { grad } from '../../src';

it('a kernel that was registered anew since the last call is the one that runs', () =>
  tf.tidy(() => {
    const slope = grad((x: tf.Tensor) => tf.sum(tf.softplus(x)));
    const x = tf.tensor1d([0.5, -1]);
    slope(x);
    const config = tf.getKernel('Softplus', tf.getBackend());
    const anew = (kernelFunc: tf.KernelFunc): void => {
      tf.unregisterKernel(config.kernelName, config.backendName);
      tf.registerKernel({ ...config, kernelFunc });
    };
    let runs = 0;
    anew((call) => {
      runs++;
      return config.kernelFunc(call);
    });
    try {
      slope(x);
      expect(runs).toBe(1);
    } finally {
      anew(config.kernelFunc);
    }
  }));
