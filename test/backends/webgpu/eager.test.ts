import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { grad } from '../../../src';
import { dispatchesOf } from '../../support/dispatches';

/** Tests run everything on the device, where they can. */
beforeAll(() => tf.env().set('WEBGPU_CPU_FORWARD', true));
afterAll(() => tf.env().set('WEBGPU_CPU_FORWARD', false));

it('the gradient of a mean is computed on the host, that of a maximum in two dispatches', () =>
  tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R4>([2, 4, 4, 3], 0, 1, 'float32', 1);
    const f = (x: tf.Tensor4D): tf.Tensor => tf.mean(tf.maxPool(x, 2, 2, 'valid'));
    let dx!: tf.Tensor;
    const dispatches = dispatchesOf(() => void (dx = grad(f)(x)));
    expect(dispatches).toEqual(
      new Map([
        ['Pool2D', 2],
        ['Reduce', 1],
        ['MaxPool2DBackprop', 1],
      ]),
    );
    expect(tf.sum(dx).dataSync()[0]).toBeCloseTo(1, 5);
  }));
