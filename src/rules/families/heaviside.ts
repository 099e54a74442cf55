import { add, mul, sign, type Tensor } from '@tensorflow/tfjs-core';

/** 1 above zero, 0 below, and 1/2 at zero, as JAX splits the derivative where two branches tie. */
export function heaviside(x: Tensor): Tensor {
  return add(mul(sign(x), 0.5), 0.5);
}
