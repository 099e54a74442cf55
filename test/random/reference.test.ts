import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { random } from '../../src';

// Numbers of jax.random (JAX 0.10.2) for PRNGKey(42).
const drawn = (draw: (key: tf.Tensor) => tf.Tensor): number[] =>
  Array.from(tf.tidy(() => draw(random.key(42)).dataSync()) as ArrayLike<number>);
const unsigned = (draw: (key: tf.Tensor) => tf.Tensor): number[] => drawn(draw).map((n) => n >>> 0);
const close = (found: number[], expected: number[]): void => {
  expect(found.length).toBe(expected.length);
  found.forEach((x, i) =>
    expect(Math.abs(x - expected[i]!)).toBeLessThan(2e-6 * (1 + Math.abs(expected[i]!))),
  );
};
const quarters = (): tf.Tensor => tf.log([0.1, 0.2, 0.3, 0.4]);

describe('the same numbers as JAX', () => {
  it.each([
    [0, [0, 0]],
    [1, [0, 1]],
    [-1, [0, 4294967295]],
    [2 ** 31 - 1, [0, 2147483647]],
    [-(2 ** 31), [0, 2147483648]],
  ])('key(%i)', (seed, expected) => {
    expect(unsigned(() => random.key(seed))).toEqual(expected);
    expect(unsigned(() => random.key(tf.scalar(seed, 'int32')))).toEqual(expected);
  });

  it('split, keys, fold, bits', () => {
    const three = [
      [1832780943, 270669613],
      [64467757, 2916123636],
      [2465931498, 255383827],
    ];
    for (const i of [0, 1, 2]) expect(unsigned((k) => random.split(k, 3)[i]!)).toEqual(three[i]);
    expect(unsigned((k) => random.split(k)[1]!)).toEqual(three[1]);
    expect(unsigned((k) => random.keys(k, 3))).toEqual(three.flat());
    expect(unsigned((k) => random.fold(k, 7))).toEqual([2547012911, 1371500959]);
    expect(unsigned((k) => random.fold(k, tf.scalar(7, 'int32')))).toEqual([2547012911, 1371500959]);
    expect(unsigned((k) => random.bits(k, 5))).toEqual([
      2098992034, 2919706841, 2646866425, 2409546199, 1935504149,
    ]);
  });

  it('uniform is equal to the bit', () => {
    expect(drawn((k) => random.uniform(k, [5]))).toEqual([
      0.48870956897735596, 0.6797971725463867, 0.6162714958190918, 0.5610160827636719, 0.4506446123123169,
    ]);
    close(
      drawn((k) => random.uniform(k, [3], { minval: -2, maxval: 3 })),
      [0.4435478448867798, 1.3989858627319336, 1.081357479095459],
    );
  });

  it('continuous distributions', () => {
    close(
      drawn((k) => random.normal(k, [6])),
      [
        -0.02830461598932743, 0.4671318531036377, 0.2957029640674591, 0.15354591608047485,
        -0.12403281778097153, 0.21692314743995667,
      ],
    );
    close(
      drawn((k) => random.gumbel(k, [4])),
      [0.3340933918952942, 0.952019453048706, 0.7255305647850037, 0.5481715202331543],
    );
    close(
      drawn((k) => random.exponential(k, [4])),
      [0.670817494392395, 1.1388006210327148, 0.9578199982643127, 0.8232924938201904],
    );
    close(
      drawn((k) => random.laplace(k, [4])),
      [0.022839652374386787, -0.4456535577774048, -0.2646729052066803, -0.1301453858613968],
    );
    close(
      drawn((k) => random.logistic(k, [4])),
      [-0.0451694130897522, 0.7528398036956787, 0.47375231981277466, 0.245286762714386],
    );
    const truncated = [
      0.14770005643367767, 0.5684449076652527, 0.42102551460266113, 0.29997000098228455, 0.0691138207912445,
    ];
    close(
      drawn((k) => random.truncatedNormal(k, -1, 2, [5])),
      truncated,
    );
    close(
      drawn((k) => random.truncatedNormal(k, tf.scalar(-1), tf.scalar(2), [5])),
      truncated,
    );
  });

  it('discrete distributions', () => {
    expect(drawn((k) => random.randint(k, [8], -5, 100))).toEqual([94, 49, 76, -1, 84, 19, 12, 67]);
    expect(drawn((k) => random.bernoulli(k, 0.3, [10]))).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    expect(drawn((k) => random.rademacher(k, [8]))).toEqual([1, -1, -1, -1, 1, -1, 1, -1]);
    expect(drawn((k) => random.categorical(k, quarters(), { shape: [12] }))).toEqual([
      3, 3, 3, 3, 3, 3, 1, 1, 1, 1, 3, 3,
    ]);
    const two = (): tf.Tensor => tf.stack([quarters(), tf.reverse(quarters())]);
    expect(drawn((k) => random.categorical(k, two()))).toEqual([3, 1]);
    expect(drawn((k) => random.categorical(k, two(), { axis: 0 }))).toEqual([1, 1, 0, 0]);
  });

  it('order', () => {
    const order = [7, 4, 2, 5, 3, 6, 8, 9, 0, 1];
    expect(drawn((k) => random.permutation(k, 10))).toEqual(order);
    expect(drawn((k) => random.permutation(k, tf.range(0, 10)))).toEqual(order);
    expect(drawn((k) => random.choice(k, 10, [6]))).toEqual([4, 4, 1, 9, 9, 9]);
    expect(drawn((k) => random.choice(k, 10, [6], { replace: false }))).toEqual(order.slice(0, 6));
    const p = (): tf.Tensor => tf.tensor([0.1, 0.2, 0.3, 0.4]);
    expect(drawn((k) => random.choice(k, 4, [6], { p: p() }))).toEqual([2, 2, 2, 2, 2, 2]);
    expect(drawn((k) => random.choice(k, 4, [3], { p: p(), replace: false }))).toEqual([3, 2, 1]);
  });
});
