import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkpoint, grad, valueAndGrad } from '../../src';
import { close, values } from '../support/line';

const LAYERS = 50;
const SIZE = 64;
const ACTIVATION = SIZE * SIZE * 4;

type Layer = (x: tf.Tensor) => tf.Tensor;

/** tanh(x) + sin(x) / 2: the backward pass needs the input and the output of each op. */
const layer: Layer = (x) => tf.add(tf.tanh(x), tf.mul(0.5, tf.sin(x)));

const chain =
  (count: number): Layer =>
  (x) =>
    Array.from({ length: count }).reduce<tf.Tensor>((y) => layer(y), x);

/** The chain cut into segments, each checkpointed. */
const segmented =
  (length: number): Layer =>
  (x) =>
    Array.from({ length: LAYERS / length }).reduce<tf.Tensor>((y) => checkpoint(chain(length))(y), x);

const loss =
  (f: Layer) =>
  (x: tf.Tensor): tf.Tensor =>
    tf.sum(tf.square(f(x)));

/** The most bytes that tensors took up when any was made, beyond those of the inputs. */
function peak(body: () => void): number {
  const engine = tf.engine() as unknown as { trackTensor: (...args: unknown[]) => void };
  const prototype = Object.getPrototypeOf(engine) as typeof engine;
  const native = prototype.trackTensor;
  const before = tf.memory().numBytes;
  let most = 0;
  prototype.trackTensor = function (...args) {
    native.apply(this, args);
    most = Math.max(most, tf.memory().numBytes - before);
  };
  try {
    body();
  } finally {
    prototype.trackTensor = native;
  }
  return most;
}

describe('checkpoint over a chain of 50 layers', () => {
  const input = (): tf.Tensor =>
    tf.tensor(
      Float32Array.from({ length: SIZE * SIZE }, (_, i) => Math.sin(i)),
      [SIZE, SIZE],
    );

  const measured = (f: Layer): number => {
    const x = input();
    let found = 0;
    tf.tidy(() => {
      found = peak(() => void grad(loss(f))(x));
    });
    x.dispose();
    return found;
  };

  it('peaks at the order of the boundaries and one segment, not of all layers', () => {
    const whole = measured(chain(LAYERS));
    expect(whole).toBeGreaterThan(LAYERS * ACTIVATION);
    const perLayer = whole / LAYERS;
    for (const length of [5, 10]) {
      const found = measured(segmented(length));
      // One activation for each boundary, what one segment keeps while it is differentiated, and a few cotangents.
      const budget = (LAYERS / length) * ACTIVATION + length * perLayer + 10 * ACTIVATION;
      expect(found, `segments of ${length}`).toBeLessThan(budget);
      expect(found).toBeLessThan(whole / 3);
    }
  });

  it('nests: a checkpoint of checkpoints keeps less than the boundaries of all', () => {
    const nested: Layer = (x) =>
      [0, 1].reduce<tf.Tensor>(
        (y) =>
          checkpoint((t: tf.Tensor) => [0, 1, 2, 3, 4].reduce<tf.Tensor>((z) => checkpoint(chain(5))(z), t))(
            y,
          ),
        x,
      );
    expect(measured(nested)).toBeLessThan(measured(segmented(5)));
  });

  it('changes neither values nor gradients', () =>
    tf.tidy(() => {
      const x = input();
      const expected = values(valueAndGrad(loss(chain(LAYERS)))(x));
      for (const length of [5, 10, 50]) close(valueAndGrad(loss(segmented(length)))(x), expected, 1e-5);
    }));
});
