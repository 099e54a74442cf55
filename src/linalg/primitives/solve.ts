import type { Tensor } from '@tensorflow/tfjs-core';
import { swapLast } from '../../rules/families/matMulT';
import { solve } from '../kernels/solve';
import { run } from './run';
import { defineSolve } from './systems';

/** x with a x = b for any regular a. */
export const solveKernel = (a: Tensor, b: Tensor): Tensor => run(solve, { a, b });

defineSolve('TractSolve', solveKernel, swapLast, (a) => a);
