export { choleskyKernel as choleskyOf } from '../../../src/linalg/primitives/cholesky';
export { ridgeSolve } from '../../../src/linalg/wide';
