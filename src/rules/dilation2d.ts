import {
  add,
  backend_util,
  cast,
  equal,
  maximum,
  mul,
  reshape,
  slice,
  stack,
  sub,
  sum,
  transpose,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { defineRule, type Attrs } from '../core/rule';
import { axes2d, type Axis } from './convolution/geometry';
import { depthwiseIdentity } from './convolution/unfold';
import { depthwiseInputGradient } from './convolution/primitives';
import { startsAboveZero } from './pooling/polyfills';
import { taps } from './pooling/taps';

interface Operands {
  x: Tensor;
  filter: Tensor;
}

/** Below every sum of an entry and a weight, and far enough from infinity to add weights to. */
const LOWEST = -1e38;

// y = max over taps k of x_k + w_k; equals share their derivative.
defineRule('Dilation2D', {
  broken: startsAboveZero,
  decompose: (operands: Operands, attrs) => candidates(operands, attrs).reduce((a, b) => maximum(a, b)),
});

// tfjs's own names for the two gradients: the first of equals takes all.
defineRule('Dilation2DBackpropInput', {
  broken: startsAboveZero,
  decompose: ({ dy, ...operands }: Operands & { dy: Tensor }, attrs) => {
    const { x, filter } = operands;
    const [kh, kw, c] = filter.shape as [number, number, number];
    const shares = transpose(stack(sharesOf(dy, operands, attrs)), [1, 2, 3, 4, 0]);
    const [n, oh, ow] = dy.shape as [number, number, number];
    const cotangents = reshape(shares, [n, oh, ow, c * kh * kw]);
    return depthwiseInputGradient(cotangents, depthwiseIdentity(kh, kw, c), x.shape, attrs);
  },
});
defineRule('Dilation2DBackpropFilter', {
  broken: startsAboveZero,
  decompose: ({ dy, ...operands }: Operands & { dy: Tensor }, attrs) =>
    reshape(
      stack(sharesOf(dy, operands, attrs).map((share) => sum(share, [0, 1, 2]))),
      operands.filter.shape,
    ),
});

/** For each place within the window the image of sums x_k + w_k. */
function candidates({ x, filter }: Operands, attrs: Attrs): Tensor[] {
  const [kh, kw, c] = filter.shape as [number, number, number];
  const weights = reshape(filter, [kh * kw, c]);
  return taps(x, axesOf(x, filter, attrs), LOWEST).map((entries, k) =>
    add(entries, reshape(slice(weights, [k, 0], [1, c]), [c])),
  );
}

/** For each place within the window the part of dy whose maximum is there. */
function sharesOf(dy: Tensor, operands: Operands, attrs: Attrs): Tensor[] {
  const sums = candidates(operands, attrs);
  const y = sums.reduce((a, b) => maximum(a, b));
  let rest: Tensor | undefined;
  return sums.map((candidate) => {
    const isMaximum = cast(equal(candidate, y), 'float32');
    const isFirst = rest ? mul(isMaximum, rest) : isMaximum;
    rest = rest ? sub(rest, isFirst) : sub(1, isFirst);
    return mul(dy, isFirst);
  });
}

function axesOf(x: Tensor, filter: Tensor, { strides, pad, dilations }: Attrs): Axis[] {
  return axes2d(
    backend_util.computeDilation2DInfo(
      x.shape as [number, number, number, number],
      filter.shape as [number, number, number],
      strides,
      pad,
      'NHWC',
      dilations,
    ),
  );
}
