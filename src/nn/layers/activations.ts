import {
  add,
  erf,
  mul,
  relu as tfRelu,
  sigmoid as tfSigmoid,
  square,
  tanh as tfTanh,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { toFloat } from '../../core/values';
import { pure, type Layer, type Nothing } from '../layer';

/**
 * x Phi(x), with Phi the distribution function of the normal distribution (Hendrycks and Gimpel: Gaussian error linear units, 2016).
 *
 * @param options `approximate`: by tanh instead of erf
 * @example
 * ```ts
 * gelu(tf.tensor1d([-1, 0, 1])); // [-0.1587, 0, 0.8413]
 * ```
 */
export function gelu(x: Tensor, options: { approximate?: boolean } = {}): Tensor {
  const { approximate } = withDefaults('gelu', options, { approximate: false });
  return tidy(() => {
    const t = toFloat(x, 'gelu: x', 'gelu');
    const phi = approximate
      ? tfTanh(mul(Math.sqrt(2 / Math.PI), mul(t, add(1, mul(0.044715, square(t))))))
      : erf(mul(t, Math.SQRT1_2));
    return mul(mul(t, 0.5), add(phi, 1));
  });
}

/**
 * x sigmoid(x) (Elfwing, Uchibe, Doya 2017; Ramachandran, Zoph, Le 2017: swish).
 *
 * @example
 * ```ts
 * silu(tf.tensor1d([-1, 0, 1])); // [-0.2689, 0, 0.7311]
 * ```
 */
export function silu(x: Tensor): Tensor {
  return tidy(() => {
    const t = toFloat(x, 'silu: x', 'silu');
    return mul(t, tfSigmoid(t));
  });
}

/**
 * A function of single elements as a layer: `activation(tf.relu)`, `activation(gelu)`.
 *
 * @example
 * ```ts
 * activation(tf.tanh).apply({}, {}, tf.tensor2d([[0, 1]]))[0]; // [[0, 0.7616]]
 * ```
 */
export function activation(f: (x: Tensor) => Tensor): Layer<Nothing, Nothing> {
  if (typeof f !== 'function') throw new TypeError('activation: expected a function of a tensor.');
  return pure(
    f.name.replace(/_$/, '') || 'activation',
    (shape) => shape,
    (x) => f(x),
  );
}

/**
 * max(x, 0) as a layer.
 *
 * @example
 * ```ts
 * relu().apply({}, {}, tf.tensor2d([[-1, 2]]))[0]; // [[0, 2]]
 * ```
 */
export function relu(): Layer<Nothing, Nothing> {
  return pure(
    'relu',
    (shape) => shape,
    (x) => tfRelu(x),
  );
}
