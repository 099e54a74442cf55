import { neg, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule } from '../../core/rule';
import { matMulT, swapLast } from '../../rules/families/matMulT';
import { solve } from '../kernels/solve';
import { stackedSolve } from '../stacked';
import { minus } from './minus';
import { run } from './run';

/** x with a x = b for any regular a. */
export const solveKernel = (a: Tensor, b: Tensor): Tensor => run(solve, { a, b });

// db = a^-T dx,  da = -db x^T.  dx = a^-1 (db - da x).
defineRule('TractSolve', {
  vjp: {
    a: {
      reads: ['a'],
      readsOutputs: [0],
      pull: (ct, { inputs: { a }, outputs: [x] }) =>
        neg(matMulT(solveKernel(swapLast(a!), ct), x!, false, true)),
    },
    b: { reads: ['a'], pull: (ct, { inputs: { a } }) => solveKernel(swapLast(a!), ct) },
  },
  jvp: ({ inputs: { a }, tangents, outputs: [x] }) =>
    solveKernel(a!, minus(tangents.b, tangents.a && matMulT(tangents.a, x!))),
  batch: stackedSolve,
  shape: ({ inputs }) => inputs.b!,
});
