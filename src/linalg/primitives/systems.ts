import { neg, sub, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule, type Pushforward, type Residuals } from '../../core/rule';
import { matMulT, swapLast } from '../../rules/families/matMulT';
import { stackedSolve } from '../stacked';

/** db - da x, where either may be zero. */
export function minus(db: Tensor | null | undefined, moved: Tensor | null | undefined): Tensor {
  if (db && moved) return sub(db, moved);
  return db ?? neg(moved!);
}

/** a x = b:  db = a^-T dx,  da = -db x^T.  dx = a^-1 (db - da x). */
export function defineSolve(
  kernel: string,
  solve: (a: Tensor, b: Tensor) => Tensor,
  transposed: (a: Tensor) => Tensor,
  shapeA: (a: Tensor) => Tensor,
): void {
  defineRule(kernel, {
    vjp: {
      a: {
        reads: ['a'],
        readsOutputs: [0],
        pull: (ct, { inputs: { a }, outputs: [x] }: Residuals) =>
          neg(shapeA(matMulT(solve(transposed(a!), ct), swapLast(x!)))),
      },
      b: { reads: ['a'], pull: (ct, { inputs: { a } }) => solve(transposed(a!), ct) },
    },
    jvp: ({ inputs: { a }, tangents, outputs: [x] }: Pushforward) =>
      solve(a!, minus(tangents.b, tangents.a && matMulT(shapeA(tangents.a), x!))),
    batch: stackedSolve,
    shape: ({ inputs }) => inputs.b!,
  });
}
