import { complex, imag, neg, real, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { BatchCall, Batched } from '../../core/rule';
import { elementwiseBatch, exampleShape } from './batching';

/*
 * The cotangent of a complex value z = x + i y is dL/dx + i dL/dy, as in TensorFlow (JAX's is its conjugate): complex numbers are pairs of
 * reals, and every pullback is the adjoint in the inner product Re(conj(u) v).
 */

/**
 * Applies a real-linear map to the real and the imaginary part: for kernels that take no complex tensors, and for those that do but
 * go wrong (tfjs 4.22 gives NaN where complex operands of different rank broadcast).
 */
export function byParts(z: Tensor, map: (part: Tensor) => Tensor): Tensor {
  return z.dtype === 'complex64' ? complex(map(real(z)), map(imag(z))) : map(z);
}

/** conj(z), also of real tensors. */
export function conjugate(z: Tensor): Tensor {
  return z.dtype === 'complex64' ? complex(real(z), neg(imag(z))) : z;
}

/** Elementwise kernels that take complex operands too: those must have the same rank. */
export function maybeComplexBatch(call: BatchCall): Tensor {
  const operands = Object.entries(call.inputs);
  if (!operands.some(([, { value }]) => value.dtype === 'complex64')) return elementwiseBatch(call);
  const rank = Math.max(...operands.map(([, operand]) => exampleShape(operand).length));
  const sameRank = (operand: Batched): Batched => {
    const shape = exampleShape(operand);
    const ones = Array<number>(rank - shape.length).fill(1);
    const size = operand.batched ? call.size : 1;
    return { batched: true, value: reshape(operand.value, [size, ...ones, ...shape]) };
  };
  return elementwiseBatch({
    ...call,
    inputs: Object.fromEntries(operands.map(([name, operand]) => [name, sameRank(operand)])),
  });
}
