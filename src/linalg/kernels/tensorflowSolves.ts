import type { Compute } from '../../core/compute';
import { INT32, type Session } from './tensorflowSession';

/** A kernel by TensorFlow's ops. */
export type TensorFlowCompute = Compute<Session>;

/** TensorFlow leaves the finite entries of a factor that has others, or an infinite pivot: spoil the whole matrix. */
export function factor(session: Session, a: number): number {
  const l = session.op('Cholesky', [a]);
  const last = session.integers([-1], []);
  const trace = session.op('Sum', [session.op('MatrixDiagPart', [l]), last], {
    Tidx: INT32,
    keep_dims: true,
  });
  const zeroOrNaN = session.op('ExpandDims', [session.op('Sub', [trace, trace]), last], { Tdim: INT32 });
  return session.op('AddV2', [l, zeroOrNaN]);
}

export const substitute = (
  session: Session,
  l: number,
  b: number,
  lower: boolean,
  adjoint: boolean,
): number => session.op('MatrixTriangularSolve', [l, b], { lower, adjoint });

export const cholesky: TensorFlowCompute = (session, { a }) =>
  session.single(factor(session, session.double(a!)));

export const solve: TensorFlowCompute = (session, { a, b }) =>
  session.single(session.op('MatrixSolve', [session.double(a!), session.double(b!)], { adjoint: false }));

export const triangularSolve: TensorFlowCompute = (session, { a, b }, { lower, transpose, unitDiagonal }) => {
  const given = session.double(a!);
  const triangle = unitDiagonal ? withUnitDiagonal(session, given) : given;
  const x = substitute(session, triangle, session.double(b!), Boolean(lower), Boolean(transpose));
  return session.single(x);
};

function withUnitDiagonal(session: Session, a: number): number {
  const diagonal = session.op('MatrixDiagPart', [a]);
  return session.op('MatrixSetDiag', [a, session.op('OnesLike', [diagonal])]);
}
