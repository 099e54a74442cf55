import type { KernelConfig, KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { onBackend, type HostKernel } from './hostKernel';
import { DOUBLE, INT32, Session, type Handle, type NodeBackend } from './tensorflowSession';

type Inputs = Record<string, TensorInfo>;
type Compute = (session: Session, inputs: Inputs, attrs: NamedAttrMap) => TensorInfo | TensorInfo[];

/** TensorFlow leaves the finite entries of a factor that has others, or an infinite pivot: spoil the whole matrix. */
function factor(session: Session, a: number): number {
  const l = session.op('Cholesky', [a]);
  const last = session.integers([-1], []);
  const trace = session.op('Sum', [session.op('MatrixDiagPart', [l]), last], {
    Tidx: INT32,
    keep_dims: true,
  });
  const zeroOrNaN = session.op('ExpandDims', [session.op('Sub', [trace, trace]), last], { Tdim: INT32 });
  return session.op('AddV2', [l, zeroOrNaN]);
}

const substitute = (session: Session, l: number, b: number, lower: boolean, adjoint: boolean): number =>
  session.op('MatrixTriangularSolve', [l, b], { lower, adjoint });

const native: Record<string, Compute> = {
  TractCholesky: (session, { a }) => session.single(factor(session, session.double(a!))),

  TractCholeskySolve: (session, { a, b }) => {
    const l = factor(session, session.double(a!));
    const y = substitute(session, l, session.double(b!), true, false);
    return session.single(substitute(session, l, y, true, true));
  },

  TractSolve: (session, { a, b }) =>
    session.single(session.op('MatrixSolve', [session.double(a!), session.double(b!)], { adjoint: false })),

  TractTriangularSolve: (session, { a, b }, { lower, transpose, unitDiagonal }) => {
    const given = session.double(a!);
    const triangle = unitDiagonal ? withUnitDiagonal(session, given) : given;
    const x = substitute(session, triangle, session.double(b!), Boolean(lower), Boolean(transpose));
    return session.single(x);
  },

  TractLU: (session, { a }) => {
    const attrs = { T: DOUBLE, output_idx_type: INT32 };
    const [lu, permutation] = session.execute('Lu', [session.double(a!)], attrs, 2) as [Handle, Handle];
    return [session.single(lu.id), session.handOut(permutation)];
  },

  TractGram: (session, { x, high, low }, { ofRows }) =>
    session.pair(
      session.total(gram(session, session.double(x!), Boolean(ofRows)), sumOf(session, high, low)),
    ),

  TractProduct: (session, { x, y, yLow, high, low }) => {
    const xy = product(session, session.double(x!), sumOf(session, y, yLow)!);
    return session.pair(session.total(xy, sumOf(session, high, low)));
  },

  TractMoments: (session, { x, y, gramHigh, gramLow, high, low }) => {
    const rows = session.double(x!);
    const xx = session.total(gram(session, rows, false), sumOf(session, gramHigh, gramLow));
    const xy = session.total(product(session, rows, session.double(y!)), sumOf(session, high, low));
    return [...session.pair(xx), ...session.pair(xy)];
  },

  TractRidgeSolve: (session, inputs, { rows, wide }) => {
    const l = factor(session, ridge(session, inputs, rows as number));
    const y = sumOf(session, inputs.y, inputs.yLow)!;
    const x = substitute(session, l, substitute(session, l, y, true, false), true, true);
    return wide ? session.pair(x) : [session.single(x)];
  },
};

/** x^T x or, of rows, x x^T. */
const gram = (session: Session, x: number, ofRows: boolean): number =>
  session.op('BatchMatMulV2', [x, x], { adj_x: !ofRows, adj_y: ofRows });

const product = (session: Session, x: number, y: number): number =>
  session.op('BatchMatMulV2', [x, y], { adj_x: true, adj_y: false });

/** high + low of a pair, as far as there is one. */
function sumOf(
  session: Session,
  high: TensorInfo | undefined,
  low: TensorInfo | undefined,
): number | undefined {
  if (!high) return undefined;
  return session.total(session.double(high), low && session.double(low));
}

/** gram / rows + lambda I. */
function ridge(session: Session, { high, low, lambda }: Inputs, rows: number): number {
  const mean = session.op('RealDiv', [sumOf(session, high, low)!, session.number(rows)]);
  const lead = high!.shape.length - 2;
  const perMatrix = [...lambda!.shape, ...new Array<number>(lead - lambda!.shape.length).fill(1), 1];
  const shift = session.op('Reshape', [session.double(lambda!), session.integers(perMatrix)], {
    Tshape: INT32,
  });
  return session.op('MatrixSetDiag', [mean, session.total(session.op('MatrixDiagPart', [mean]), shift)]);
}

function withUnitDiagonal(session: Session, a: number): number {
  const diagonal = session.op('MatrixDiagPart', [a]);
  return session.op('MatrixSetDiag', [a, session.op('OnesLike', [diagonal])]);
}

/**
 * The kernel for tfjs-node, by TensorFlow's own op in float64. What TensorFlow refuses (a singular matrix, one that is not positive
 * definite, no matrix at all) is computed on the host, where such a matrix of a stack spoils only itself.
 */
export function onTensorFlow(kernel: HostKernel): KernelConfig {
  const host = onBackend(kernel, 'tensorflow');
  const compute = native[kernel.kernelName]!;
  const kernelFunc: KernelFunc = (call) => {
    const inputs = call.inputs as Inputs;
    if (Object.values(inputs).some(({ shape }) => shape.includes(0))) return host.kernelFunc(call);
    const session = new Session(call.backend as NodeBackend);
    try {
      return compute(session, inputs, call.attrs ?? {});
    } catch {
      return host.kernelFunc(call);
    } finally {
      session.end();
    }
  };
  return { ...host, kernelFunc };
}
