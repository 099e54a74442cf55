import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { valueAndGrad } from '../../src';

const wave = <R extends tf.Rank>(shape: tf.ShapeMap[R], k: number): tf.Tensor<R> =>
  tf.reshape(tf.sin(tf.mul(tf.range(0, tf.util.sizeFromShape(shape)), k)), shape);

type Fused = (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D, slopes: tf.Tensor3D) => tf.Tensor;
const first = { strides: 1, pad: 'valid', dataFormat: 'NCHW' } as const;

// A bias goes along the channels, wherever they are (tfjs pull 6379).
test.each<[string, Fused, Fused]>([
  [
    'conv2d with a bias',
    (x, filter, bias) => tf.fused.conv2d({ x, filter, ...first, bias, activation: 'relu' }),
    (x, filter, bias) =>
      tf.relu(tf.add(tf.conv2d(x, filter, 1, 'valid', 'NCHW'), tf.reshape(bias, [3, 1, 1]))),
  ],
  [
    'conv2d with a bias and slopes',
    (x, filter, bias, preluActivationWeights) =>
      tf.fused.conv2d({ x, filter, ...first, bias, activation: 'prelu', preluActivationWeights }),
    (x, filter, bias, slopes) =>
      tf.prelu(tf.add(tf.conv2d(x, filter, 1, 'valid', 'NCHW'), tf.reshape(bias, [3, 1, 1])), slopes),
  ],
])('fused %s, channels first', async (_, fused, apart) => {
  const read = async (f: Fused): Promise<number[]> => {
    const results = tf.tidy(() => {
      const x = wave<tf.Rank.R4>([2, 2, 4, 5], 1);
      const [filter, bias, slopes] = [
        wave<tf.Rank.R4>([2, 2, 2, 3], 2),
        wave<tf.Rank.R1>([3], 3),
        wave<tf.Rank.R3>([3, 1, 1], 4),
      ];
      const loss = (b: tf.Tensor1D, images: tf.Tensor4D): [tf.Tensor, tf.Tensor] => {
        const y = f(images, filter, b, slopes);
        return [tf.sum(tf.square(y)), y];
      };
      const [[, y], gradients] = valueAndGrad(loss, { argnums: [0, 1], hasAux: true })(bias, x);
      return tf.concat([y, ...gradients].map((t) => tf.reshape(t, [-1])));
    });
    const values = Array.from(await results.data());
    results.dispose();
    return values;
  };
  // Its convolutions have channels last only.
  if (tf.getBackend() === 'wasm') return expect(read(fused)).rejects.toThrow("dataFormat:'channelsFirst'");
  const [found, expected] = [await read(fused), await read(apart)];
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 4));
});
