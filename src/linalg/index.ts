export { cholesky } from './cholesky';
export { choleskySolve } from './choleskySolve';
export { solve } from './solve';
export { solveTriangular, type TriangularOptions } from './solveTriangular';
