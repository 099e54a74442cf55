import * as tf from '@tensorflow/tfjs-core';
import { tree } from '../../src';
import { batchOf } from '../models/workload';
import type { Contender } from './contender';

/** tfjs's own tape and optimizer: `tf.variableGrads` and `tf.train.adam`. */
export const native: Contender = {
  name: 'tf',
  prepare(workload, measure) {
    const { params, loss } = workload.init();
    const { x, y } = batchOf(workload);
    const variables = tree.map((t: tf.Tensor) => tf.variable(t), params as never) as never;
    const list = tree.leaves(variables) as unknown as tf.Variable[];
    const value = (): tf.Scalar => loss(variables, x, y) as tf.Scalar;
    const optimizer = tf.train.adam(1e-3);
    const body = {
      forward: () => tf.tidy(() => void value().dataSync()),
      gradient: () =>
        tf.tidy(() => {
          const { value: v, grads } = tf.variableGrads(value, list);
          v.dataSync();
          Object.values(grads).at(-1)!.dataSync();
        }),
      step: () => tf.tidy(() => void optimizer.minimize(value, true, list)!.dataSync()),
    }[measure];
    return { body, dispose: () => (tf.dispose([params, x, y] as never), list.forEach((v) => v.dispose())) };
  },
};
