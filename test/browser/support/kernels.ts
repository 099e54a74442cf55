export { choleskyKernel as choleskyOf } from '../../../src/linalg/primitives/cholesky';
export { positiveDefiniteSolveKernel } from '../../../src/linalg/primitives/choleskySolve';
