import type { DataType } from '@tensorflow/tfjs-core';
import { defineRule, type Aval, type Rule } from '../../core/rule';
import { elementwiseBatch } from './batching';
import { broadcastShapes } from './binary';

/**
 * An elementwise kernel without a derivative: its results are integers or truth values, or it is constant between its jumps.
 *
 * @param dtype type of the output, where it isn't the first operand's, or how to tell it from that
 * @param polyfill what stands for it on backends that lack it
 */
export function constant(
  kernel: string,
  dtype?: DataType | ((first: Aval) => DataType),
  polyfill?: Rule['polyfill'],
): void {
  defineRule(kernel, {
    constant: true,
    batch: elementwiseBatch,
    ...(polyfill && { polyfill }),
    shape: ({ inputs }) => {
      const first = Object.values(inputs)[0]!;
      const type = typeof dtype === 'function' ? dtype(first) : (dtype ?? first.dtype);
      return { shape: broadcastShapes(inputs), dtype: type };
    },
  });
}
