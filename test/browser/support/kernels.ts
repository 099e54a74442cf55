export { positiveDefiniteSolveKernel, choleskyKernel as choleskyOf } from '../../../src/linalg/primitives';
