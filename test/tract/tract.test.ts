import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, tract, valueAndGrad } from '../../src';
import { computesOnHost } from '../../src/core/hostValues';
import fixtures from '../reference/torch_reference.json';
import { relativeError, rows, tractGradient } from './oracle';

const close = (found: tf.Tensor, expected: number[], tolerance = 2e-5): void => {
  const values = Array.from(found.dataSync());
  expect(relativeError([values], [expected])).toBeLessThan(tolerance);
};

interface Fixture {
  name: string;
  kind: 'dense' | 'conv2d';
  lam: number;
  stride?: number;
  pad?: number;
  xShape: number[];
  x: number[];
  y: number[];
  yShape?: number[];
  kernelShape: number[];
  kernel: number[];
  bias: number[];
  loss: number;
  gradKernel: number[];
  gradBias: number[];
}

interface Layer {
  kernel: tf.Tensor;
  bias: tf.Tensor;
}

describe('the official implementation, differentiated by PyTorch', () => {
  for (const fixture of fixtures as unknown as Fixture[]) {
    const { name, kind, lam, stride, pad, xShape, x, y, yShape, kernelShape, kernel, bias } = fixture;
    it(name, () =>
      tf.tidy(() => {
        const layer = (p: Layer, input: tf.Tensor): tf.Tensor =>
          kind === 'dense'
            ? tf.add(tf.matMul(input, p.kernel), p.bias)
            : tf.add(tf.conv2d(input as tf.Tensor4D, p.kernel as tf.Tensor4D, stride!, pad!), p.bias);
        const meanSquare = (p: Layer, input: tf.Tensor, target: tf.Tensor): tf.Tensor =>
          tf.mean(tf.squaredDifference(layer(p, input), target));
        const p = { kernel: tf.tensor(kernel, kernelShape), bias: tf.tensor1d(bias) };
        const input = tf.tensor(x, xShape);
        const target = tf.tensor(y, yShape ?? [xShape[0]!, bias.length]);
        const [value, g] = valueAndGrad(tract(meanSquare, lam))(p, input, target);
        expect(value.dataSync()[0]).toBeCloseTo(fixture.loss, 5);
        close(g.kernel, fixture.gradKernel);
        close(g.bias, fixture.gradBias);
      }),
    );
  }
});

describe('worked numbers (float64)', () => {
  const x = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  const g = [
    [1, 0.5],
    [0, -1],
    [-1, 2],
  ];
  const gradient = (lambda: number): tf.Tensor =>
    grad(
      tract(
        (w: tf.Tensor, data: tf.Tensor) => tf.sum(tf.mul(tf.matMul(data, w, false, true), tf.tensor2d(g))),
        lambda,
      ),
    )(tf.zeros([2, 2]), tf.tensor2d(x));

  it('lambda 0.1 and 1, weights [out, in]', () =>
    tf.tidy(() => {
      close(gradient(0.1), [-2.8721541156, 2.0315236427, 1.5323992995, -0.7180385289]);
      close(gradient(1), [-0.5882352941, 0.2352941176, 0.4558823529, 0.1176470588]);
    }));

  it('fewer rows than features', () =>
    tf.tidy(() => {
      const loss = (w: tf.Tensor, data: tf.Tensor): tf.Tensor =>
        tf.sum(tf.mul(tf.matMul(data, w), tf.tensor2d([[1], [-1]])));
      for (const form of ['auto', 'dual', 'primal'] as const) {
        const found = grad(tract(loss, { lambda: 0.1, form }))(
          tf.zeros([3, 1]),
          tf.tensor2d([
            [1, 2, 3],
            [4, 5, 6],
          ]),
        );
        close(found, [-2.0930232558, -0.3488372093, 1.3953488372], 2e-4);
      }
    }));

  it('lambda to infinity recovers the plain gradient, scaled', () =>
    tf.tidy(() => close(tf.mul(gradient(1e6), 1e6), [-4, -4, 7.5, 9], 1e-4)));
});

describe('operand order and leading axes', () => {
  const random = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed);

  it('takes leading axes as more rows', () =>
    tf.tidy(() => {
      const x = random([2, 5, 3], 1);
      const g = random([2, 5, 4], 2);
      const loss = (w: tf.Tensor, data: tf.Tensor): tf.Tensor => tf.sum(tf.mul(tf.matMul(data, w), g));
      const found = grad(tract(loss, 0.3))(tf.zeros([3, 4]), x);
      const expected = tractGradient(rows(x.dataSync(), 3), rows(g.dataSync(), 4), 0.3);
      close(found, expected.flat(), 1e-4);
    }));

  it('takes the columns of x as rows in W x', () =>
    tf.tidy(() => {
      const x = random([3, 7], 3);
      const g = random([4, 7], 4);
      for (const transposed of [false, true]) {
        const loss = (w: tf.Tensor, data: tf.Tensor): tf.Tensor =>
          tf.sum(tf.mul(tf.matMul(w, data, transposed), g));
        const found = grad(tract(loss, 0.3))(tf.zeros(transposed ? [3, 4] : [4, 3]), x);
        const expected = tractGradient(
          rows(tf.transpose(x).dataSync(), 3),
          rows(tf.transpose(g).dataSync(), 4),
          0.3,
        );
        const matrix = transposed ? found : tf.transpose(found);
        close(matrix, expected.flat(), 1e-4);
      }
    }));
});

describe('what is left alone', () => {
  const net = (p: { w1: tf.Tensor; b1: tf.Tensor; w2: tf.Tensor }, x: tf.Tensor): tf.Tensor =>
    tf.mean(tf.square(tf.matMul(tf.tanh(tf.add(tf.matMul(x, p.w1), p.b1)), p.w2)));
  const params = (): { w1: tf.Tensor; b1: tf.Tensor; w2: tf.Tensor } => ({
    w1: tf.randomNormal([3, 4], 0, 1, 'float32', 1),
    b1: tf.randomNormal([4], 0, 1, 'float32', 2),
    w2: tf.randomNormal([4, 2], 0, 1, 'float32', 3),
  });

  it('values bit for bit, biases, later layers and inputs', () =>
    tf.tidy(() => {
      const [p, x] = [params(), tf.randomNormal([5, 3], 0, 1, 'float32', 4)];
      const argnums = [0, 1] as const;
      const [value, [plain, plainInput]] = valueAndGrad(net, { argnums })(p, x);
      const [same, [found, input]] = valueAndGrad(tract(net, 0.1), { argnums })(p, x);
      expect(same.dataSync()).toEqual(value.dataSync());
      expect(found.b1.dataSync()).toEqual(plain.b1.dataSync());
      expect(found.w2.dataSync()).toEqual(plain.w2.dataSync());
      expect(input.dataSync()).toEqual(plainInput.dataSync());
      expect(
        relativeError([Array.from(found.w1.dataSync())], [Array.from(plain.w1.dataSync())]),
      ).toBeGreaterThan(0.01);
    }));
});

describe('bad input', () => {
  const linear = (w: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.sum(tf.matMul(x, w));

  it.each([0, -1, NaN, Infinity])('lambda %d', (lambda) => {
    expect(() => tract(linear, lambda)).toThrow(RangeError);
  });

  it('no linear primitive', () =>
    tf.tidy(() => {
      const f = (w: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.sum(tf.mul(w, x));
      expect(() => grad(tract(f, 0.1))(tf.ones([2]), tf.ones([2]))).toThrow(/no first layer.*BatchMatMul/s);
    }));

  it('an input with NaN', () =>
    tf.tidy(() => {
      const gradient = (): tf.Tensor =>
        grad(tract(linear, 0.1))(tf.ones([2, 1]), tf.tensor2d([[1, NaN]])) as tf.Tensor;
      // Where values can't be read on the way, NaN goes through as in any op.
      if (computesOnHost(tf.getBackend())) expect(gradient).toThrow(/NaN/);
      else expect(Array.from(gradient().dataSync()).some(Number.isNaN)).toBe(true);
    }));
});
