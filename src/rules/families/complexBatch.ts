import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { BatchCall, Batched } from '../../core/rule';
import { elementwiseBatch, exampleShape } from './batching';

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
