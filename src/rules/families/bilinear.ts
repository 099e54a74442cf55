import { add, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import { defineRule, type Attrs, type Aval, type Named, type Pushforward, type Rule } from '../../core/rule';

/** The cotangent of one operand of a bilinear kernel, given the other operand by its name and the output's cotangent as `ct`. */
export type Transposed = (
  operands: { ct: Tensor } & Named<Tensor>,
  call: { attrs: Attrs; avals: Named<Aval> },
) => Tensor;

/** d f(a, b) = f(da, b) + f(a, db), one term for each operand that has a tangent. */
export function productRule({ kernel, inputs, tangents, attrs }: Pushforward): Tensor | null {
  let sum: Tensor | null = null;
  for (const [name, tangent] of Object.entries(tangents)) {
    if (!tangent) continue;
    const term = runKernel(kernel, { ...inputs, [name]: tangent }, attrs);
    sum = sum ? add(sum, term) : term;
  }
  return sum;
}

/**
 * A kernel that is linear in each of two operands: each operand's cotangent is the kernel transposed in that operand.
 *
 * @param transposes for each operand, its cotangent as a function of the other operand (by name) and `ct`
 */
export function bilinear(
  kernel: string,
  transposes: Named<Transposed>,
  rest: Pick<Rule, 'polyfill' | 'broken' | 'batch'> & Required<Pick<Rule, 'shape'>>,
): void {
  const operands = Object.keys(transposes);
  const vjp = Object.fromEntries(
    Object.entries(transposes).map(([operand, transpose]) => [
      operand,
      {
        reads: operands.filter((name) => name !== operand),
        pull: (
          ct: Tensor,
          { inputs, avals, attrs }: { inputs: Named<Tensor>; avals: Named<Aval>; attrs: Attrs },
        ) => transpose({ ...inputs, ct }, { attrs, avals }),
      },
    ]),
  );
  defineRule(kernel, { vjp, jvp: productRule, ...rest });
}
