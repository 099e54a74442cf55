import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Inputs } from '../../core/compute';
import { factor, substitute, type TensorFlowCompute } from './tensorflowSolves';
import { INT32, type Session } from './tensorflowSession';

export const gram: TensorFlowCompute = (session, { x, high, low }, { ofRows }) =>
  session.pair(
    session.total(gramOf(session, session.double(x!), Boolean(ofRows)), sumOf(session, high, low)),
  );

export const product: TensorFlowCompute = (session, { x, y, yLow, high, low }) => {
  const xy = productOf(session, session.double(x!), sumOf(session, y, yLow)!);
  return session.pair(session.total(xy, sumOf(session, high, low)));
};

export const moments: TensorFlowCompute = (session, { x, y, gramHigh, gramLow, high, low }) => {
  const rows = session.double(x!);
  const xx = session.total(gramOf(session, rows, false), sumOf(session, gramHigh, gramLow));
  const xy = session.total(productOf(session, rows, session.double(y!)), sumOf(session, high, low));
  return [...session.pair(xx), ...session.pair(xy)];
};

export const ridgeSolve: TensorFlowCompute = (session, inputs, { rows, wide }) => {
  const l = factor(session, ridge(session, inputs, rows as number));
  const y = sumOf(session, inputs.y, inputs.yLow)!;
  const x = substitute(session, l, substitute(session, l, y, true, false), true, true);
  return wide ? session.pair(x) : [session.single(x)];
};

/** x^T x or, of rows, x x^T. */
const gramOf = (session: Session, x: number, ofRows: boolean): number =>
  session.op('BatchMatMulV2', [x, x], { adj_x: !ofRows, adj_y: ofRows });

const productOf = (session: Session, x: number, y: number): number =>
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
