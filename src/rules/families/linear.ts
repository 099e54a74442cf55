import type { Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import { defineRule, type Pushforward, type Residuals, type Rule } from '../../core/rule';

/** Applies the kernel itself to the tangent of one input, the others held. */
export function alongInput(input: string): (push: Pushforward) => Tensor | Tensor[] | null {
  return ({ kernel, inputs, tangents, attrs }) => {
    const tangent = tangents[input];
    return tangent ? runKernel<Tensor | Tensor[]>(kernel, { ...inputs, [input]: tangent }, attrs) : null;
  };
}

/**
 * A kernel that is linear in its one differentiable input: its derivative is itself, its pullback the transposed map.
 *
 * @param transpose the transposed map on the outputs' cotangents; `reads` names other inputs that it needs (indices, say)
 */
export function linear(
  kernel: string,
  input: string,
  rule: {
    transpose: (ct: Tensor, residuals: Residuals, cts: Tensor[]) => Tensor;
    reads?: readonly string[];
    jvp?: NonNullable<Rule['jvp']>;
    /** Absent where it is in the file's table: see ../batching.ts. */
    batch?: NonNullable<Rule['batch']>;
    shape: NonNullable<Rule['shape']>;
    polyfill?: NonNullable<Rule['polyfill']>;
    broken?: NonNullable<Rule['broken']>;
  },
): void {
  const { transpose, reads, ...rest } = rule;
  defineRule(kernel, {
    vjp: { [input]: { pull: transpose, ...(reads && { reads }) } },
    jvp: alongInput(input),
    ...rest,
  });
}
