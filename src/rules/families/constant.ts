import type { DataType } from '@tensorflow/tfjs-core';
import { defineRule, type Aval, type Rule } from '../../core/rule';
import { elementwiseBatch } from './batching';
import { broadcastShapes } from './binary';

/**
 * An elementwise kernel without a derivative: its results are integers or truth values, or it is constant between its jumps.
 *
 * @param dtype type of the output, where it isn't the first operand's, or how to tell it from that
 * @param instead what stands for it on backends that lack it, or get it wrong
 */
export function constant(
  kernel: string,
  dtype?: DataType | ((first: Aval) => DataType),
  instead?: Pick<Rule, 'polyfill' | 'broken'>,
): void {
  defineRule(kernel, {
    constant: true,
    batch: elementwiseBatch,
    ...instead,
    shape: ({ inputs }) => {
      const first = Object.values(inputs)[0]!;
      const type = typeof dtype === 'function' ? dtype(first) : (dtype ?? first.dtype);
      return { shape: broadcastShapes(inputs), dtype: type };
    },
  });
}
