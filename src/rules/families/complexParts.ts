import { complex, imag, neg, real, type Tensor } from '@tensorflow/tfjs-core';

/*
 * The cotangent of a complex value z = x + i y is dL/dx + i dL/dy, as in TensorFlow (JAX's is its conjugate): complex numbers are pairs of
 * reals, and every pullback is the adjoint in the inner product Re(conj(u) v).
 */

/** Applies a real-linear map to the real and the imaginary part: for kernels that take no complex tensors. */
export function byParts(z: Tensor, map: (part: Tensor) => Tensor): Tensor {
  return z.dtype === 'complex64' ? complex(map(real(z)), map(imag(z))) : map(z);
}

/** conj(z), also of real tensors. */
export function conjugate(z: Tensor): Tensor {
  return z.dtype === 'complex64' ? complex(real(z), neg(imag(z))) : z;
}
