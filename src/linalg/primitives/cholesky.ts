import { add, mul, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule } from '../../core/rule';
import { matMulT, swapLast } from '../../rules/families/matMulT';
import { cholesky } from '../kernels/cholesky';
import { triangle } from '../matrices';
import { stacked } from '../stacked';
import { run } from './run';
import { triangularSolveKernel } from './triangularSolve';

/** L with L L^T = a. */
export const choleskyKernel = (a: Tensor): Tensor => run(cholesky, { a });

// L = chol(A): dL = L Phi(L^-1 dA L^-T), where Phi takes the lower triangle and halves the diagonal (Murray 2016, arXiv:1602.07527).
const halfLower = (a: Tensor): Tensor => triangle(a, true, 0.5);
const solveL = (l: Tensor, b: Tensor, transposed = false): Tensor =>
  triangularSolveKernel(l, b, { lower: true, transpose: transposed, unitDiagonal: false });
const symmetrised = (a: Tensor): Tensor => mul(add(a, swapLast(a)), 0.5);

defineRule('TractCholesky', {
  vjp: {
    a: {
      readsOutputs: [0],
      pull: (ct, { outputs: [l] }) => {
        const p = halfLower(matMulT(swapLast(l!), ct));
        const left = solveL(l!, p, true);
        return symmetrised(swapLast(solveL(l!, swapLast(left), true)));
      },
    },
  },
  jvp: ({ tangents, outputs: [l] }) => {
    const left = solveL(l!, symmetrised(tangents.a!));
    return matMulT(l!, halfLower(swapLast(solveL(l!, swapLast(left)))));
  },
  batch: stacked,
  shape: ({ inputs }) => inputs.a!,
});
