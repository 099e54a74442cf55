import { add, mul, pow, reshape, rsqrt, square, sub, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule } from '../core/rule';
import { matMulT } from './families/matMulT';

interface BatchNormInputs {
  x: Tensor;
  mean: Tensor;
  variance: Tensor;
  offset?: Tensor;
  scale?: Tensor;
}

// (x - mean) / sqrt(variance + epsilon) * scale + offset
defineRule('FusedBatchNorm', {
  decompose: ({ x, mean, variance, offset, scale }: BatchNormInputs, { varianceEpsilon }) => {
    const deviation = rsqrt(add(variance, varianceEpsilon ?? 0.001));
    const normalized = mul(sub(x, mean), scale ? mul(deviation, scale) : deviation);
    return offset ? add(normalized, offset) : normalized;
  },
});

// y = x s^-beta with s = bias + alpha * (sum of the squares of the channels around)
defineRule('LRN', {
  decompose: ({ x }: { x: Tensor }, { depthRadius, bias, alpha, beta }) =>
    mul(x, pow(add(bias, mul(alpha, channelsAround(square(x), depthRadius))), -beta)),
});

// dx = s^-beta dy - 2 alpha beta x (sum of y dy / s of the channels around)
defineRule('LRNGrad', {
  decompose: ({ x, y, dy }: { x: Tensor; y: Tensor; dy: Tensor }, { depthRadius, bias, alpha, beta }) => {
    const s = add(bias, mul(alpha, channelsAround(square(x), depthRadius)));
    const around = channelsAround(mul(mul(y, dy), pow(s, -1)), depthRadius);
    return sub(mul(dy, pow(s, -beta)), mul(mul(2 * alpha * beta, x), around));
  },
});

/** For each channel the sum of those at most `radius` away: a product with a matrix of ones in a band. */
function channelsAround(x: Tensor, radius: number): Tensor {
  const c = x.shape.at(-1)!;
  const band = Array.from({ length: c }, (_, i) =>
    Array.from({ length: c }, (_, j) => (Math.abs(i - j) <= radius ? 1 : 0)),
  );
  return reshape(matMulT(reshape(x, [-1, c]), tensor2d(band)), x.shape);
}
