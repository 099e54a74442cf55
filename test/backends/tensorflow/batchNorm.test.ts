import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { grad, jit } from '../../../src';
import { batchNorm } from '../../../src/nn';
import { closeTo } from '../../support/cases';
import { watch } from './watch';

const c = 3;
const layer = batchNorm({ decay: 0.5 });

/** Of the output and of the running statistics. */
function loss(x: tf.Tensor): tf.Tensor {
  const still = tf.fill([c], 0.5);
  const params = { scale: tf.tensor1d([1, -2, 0.5]), bias: tf.tensor1d([0, 1, -1]) };
  const [y, { mean, variance }] = layer.apply(params, { mean: still, variance: still }, x, { train: true });
  return tf.addN([
    tf.sum(tf.sin(tf.relu(y))),
    tf.sum(tf.square(mean)),
    tf.mul(3, tf.sum(tf.square(variance))),
  ]);
}

const images = (): tf.Tensor => tf.randomNormal([4, 5, 2, c], 1, 2, 'float32', 1);
const OPS = ['FusedBatchNormV3', 'FusedBatchNormGradV3', 'ReluGrad'];

/** By tfjs's own tape, which knows only what the layer is composed of. */
const native = (x: tf.Tensor): tf.Tensor => tf.grad(loss)(x);

test.each([
  ['eagerly', false],
  ['jitted', true],
])(
  '%s, batch norm and relu are differentiated by TensorFlow’s own ops, which leave none of its tensors',
  (_, jits) => {
    const { ops, left } = watch(() => {
      const x = images();
      const gradient = jits ? jit(grad(loss)) : grad(loss);
      closeTo(gradient(x), native(x), 1e-5);
      if (jits) (gradient as ReturnType<typeof jit>).dispose();
    });
    expect(ops).toEqual(expect.arrayContaining(OPS));
    expect(left).toBe(0);
  },
);

test('a native tape sees ops that it knows, outside of a gradient and inside', () => {
  const { ops, left } = watch(() => {
    const x = images();
    const slope = (f: (t: tf.Tensor) => tf.Tensor) => (t: tf.Tensor) => tf.sum(tf.square(f(t)));
    closeTo(grad(slope(native))(x), grad(slope(grad(loss)))(x), 1e-4);
  });
  expect(left).toBe(0);
  expect(ops).toContain('FusedBatchNormV3');
  const { ops: ofTape } = watch(() => void native(images()));
  for (const op of OPS) expect(ofTape).not.toContain(op);
});

test('no examples at all are normalised as ever', () =>
  tf.tidy(() => {
    const still = tf.zeros([c]);
    const [y] = layer.apply({}, { mean: still, variance: still }, tf.zeros([0, c]), { train: true });
    expect(y.shape).toEqual([0, c]);
  }));
