import type { Tensor } from '@tensorflow/tfjs-core';
import { choleskySolve } from '../kernels/choleskySolve';
import { symmetrised } from '../matrices';
import { run } from './run';
import { defineSolve } from './systems';

/** x with a x = b for a symmetric positive definite a. */
export const positiveDefiniteSolveKernel = (a: Tensor, b: Tensor): Tensor => run(choleskySolve, { a, b });

// The kernel takes a to be symmetric, so its derivative is too.
defineSolve('TractCholeskySolve', positiveDefiniteSolveKernel, (a) => a, symmetrised);
