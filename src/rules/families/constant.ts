import type { DataType } from '@tensorflow/tfjs-core';
import { defineRule } from '../../core/rule';
import { elementwiseBatch } from './batching';
import { broadcastShapes } from './binary';

/**
 * An elementwise kernel without a derivative: its results are integers or truth values, or it is constant between its jumps.
 *
 * @param dtype type of the output, where it isn't the first operand's
 */
export function constant(kernel: string, dtype?: DataType): void {
  defineRule(kernel, {
    constant: true,
    batch: elementwiseBatch,
    shape: ({ inputs }) => ({
      shape: broadcastShapes(inputs),
      dtype: dtype ?? Object.values(inputs)[0]!.dtype,
    }),
  });
}
