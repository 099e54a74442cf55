import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { defineRule, type Attrs, type Cotangent, type Rule } from '../../core/rule';
import { elementwiseBatch } from './batching';
import { like } from './outputs';

/**
 * An elementwise kernel y = f(x). Its Jacobian is diagonal, hence its own transpose: one formula is the rule of every mode.
 *
 * @param reads  which value the formula reads: that of the input or of the output
 * @param d      the differential: f'(x) t for a tangent or cotangent t
 * @param dtype  type of the output, where it isn't the input's
 * @param rest   what replaces the kernel where a backend gets it wrong
 */
export function unary(
  kernel: string,
  reads: 'x' | 'y' | 'nothing',
  d: (t: Tensor, value: Tensor, attrs: Attrs) => Tensor,
  dtype?: DataType,
  rest: Pick<Rule, 'broken' | 'polyfill'> = {},
): void {
  const x: Cotangent = {
    ...(reads === 'x' && { reads: ['x'] }),
    ...(reads === 'y' && { readsOutputs: [0] }),
    pull: (ct, { inputs, outputs, attrs }) => d(ct, reads === 'y' ? outputs[0]! : inputs.x!, attrs),
  };
  defineRule(kernel, {
    vjp: { x },
    jvp: ({ inputs, outputs, tangents, attrs }) =>
      tangents.x ? d(tangents.x, reads === 'y' ? outputs[0]! : inputs.x!, attrs) : null,
    batch: elementwiseBatch,
    shape: like('x', dtype),
    ...rest,
  });
}
