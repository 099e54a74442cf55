import {
  add,
  div,
  getBackend,
  mul,
  neg,
  reshape,
  sub,
  sum,
  transpose,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule, type Aval, type Pushforward, type ShapeCall } from '../core/rule';
import { withBatch } from '../rules/families/batching';
import { matMulT, swapLast } from '../rules/families/matMulT';
import { registerWideKernels } from './kernels/registerWide';
import { stacked } from './stacked';

/*
 * Sums of products with about 48 bits, for ridge systems whose condition number float32 can't bear: x^T x of raw pictures, say. In float64
 * where the host computes and on tensorflow, in pairs of float32 where shaders do (see kernels/webgpu/pairs.ts): on every backend the
 * solution is as good as float64's, rounded once, up to condition numbers of 1e10.
 */

/** high + low, where high is the float32 nearest to the number. Derivatives are those of the sum, and go through `high` alone. */
export interface Wide {
  readonly high: Tensor;
  readonly low: Tensor;
}

const wide = ([high, low]: Tensor[]): Wide => ({ high: high!, low: low! });

function run(kernel: string, inputs: Record<string, Tensor | undefined>, attrs: object): Tensor[] {
  registerWideKernels(getBackend());
  const given = Object.fromEntries(Object.entries(inputs).filter(([, t]) => t !== undefined));
  return runKernel<Tensor[]>(kernel, given as Record<string, Tensor>, attrs);
}

/** onto + x^T x for x `[..., b, n]`. */
export const gram = (x: Tensor, onto?: Wide): Wide =>
  wide(run('TractGram', { x, ...onto }, { ofRows: false }));

/** x x^T. */
export const gramOfRows = (x: Tensor): Wide => wide(run('TractGram', { x }, { ofRows: true }));

/** onto + x^T y for x `[..., b, n]` and y `[..., b, m]`. */
export const product = (x: Tensor, y: Wide | Tensor, onto?: Wide): Wide =>
  wide(run('TractProduct', { x, ...parts(y), ...onto }, {}));

/** [x^T x, x^T y] onto other such sums, in one pass over the rows. */
export function moments(x: Tensor, y: Tensor, gramSum?: Wide, sum?: Wide): [Wide, Wide] {
  const onto = { gramHigh: gramSum?.high, gramLow: gramSum?.low, ...sum };
  const [gramHigh, gramLow, high, low] = run('TractMoments', { x, y, ...onto }, {});
  return [
    { high: gramHigh!, low: gramLow! },
    { high: high!, low: low! },
  ];
}

/**
 * (gram / rows + lambda I)^-1 y: NaN where the matrix is not positive definite.
 *
 * @param gram   `[..., n, n]`
 * @param lambda a scalar, or one for each of the first leading axes
 * @param y      `[..., n, m]`
 */
export const ridgeSolve = (gramSum: Wide, rows: number, lambda: Tensor, y: Wide | Tensor): Tensor =>
  run('TractRidgeSolve', { ...gramSum, lambda, ...parts(y) }, { rows, wide: false })[0]!;

/** The same with all its digits. */
export const ridgeSolveWide = (gramSum: Wide, rows: number, lambda: Tensor, y: Tensor): Wide =>
  wide(run('TractRidgeSolve', { ...gramSum, lambda, y }, { rows, wide: true }));

const parts = (y: Wide | Tensor): { y: Tensor; yLow?: Tensor } =>
  'high' in y ? { y: y.high, yLow: y.low } : { y };

const pair = (aval: Aval): Aval[] => [aval, aval];
/** The cotangent goes to `high` as it is. */
const through = { pull: (ct: Tensor): Tensor => ct };

/** Adds the tangents that are there. */
function total(...terms: (Tensor | null | undefined | false)[]): Tensor | null {
  let found: Tensor | null = null;
  for (const term of terms) if (term) found = found ? add(found, term) : term;
  return found;
}

const symmetric = (a: Tensor): Tensor => add(a, swapLast(a));
const matricesLike = ({ shape }: Aval, n: number, m: number): Aval => ({
  shape: [...shape.slice(0, -2), n, m],
  dtype: 'float32',
});

// G = x^T x: dG = dx^T x + x^T dx.   G = x x^T: dG = dx x^T + x dx^T.
defineRule('TractGram', {
  vjp: {
    x: {
      reads: ['x'],
      pull: (ct, { inputs: { x }, attrs }) =>
        attrs.ofRows ? matMulT(symmetric(ct), x!) : matMulT(x!, symmetric(ct)),
    },
    high: through,
  },
  jvp: ({ inputs: { x }, tangents, attrs }) => [
    total(tangents.x && symmetric(matMulT(x!, tangents.x, !attrs.ofRows, attrs.ofRows)), tangents.high),
    null,
  ],
  batch: stacked,
  shape: ({ inputs: { x }, attrs }: ShapeCall) => {
    const n = x!.shape.at(attrs.ofRows ? -2 : -1)!;
    return pair(matricesLike(x!, n, n));
  },
});

// P = x^T y: dP = dx^T y + x^T dy.
const productTangent = ({ inputs: { x, y }, tangents }: Pushforward): Tensor | null =>
  total(
    tangents.x && matMulT(tangents.x, y!, true),
    tangents.y && matMulT(x!, tangents.y, true),
    tangents.high,
  );

defineRule('TractProduct', {
  vjp: {
    x: { reads: ['y'], pull: (ct, { inputs: { y } }) => matMulT(y!, ct, false, true) },
    y: { reads: ['x'], pull: (ct, { inputs: { x } }) => matMulT(x!, ct) },
    high: through,
  },
  jvp: (push) => [productTangent(push), null],
  batch: stacked,
  shape: ({ inputs: { x, y } }: ShapeCall) => pair(matricesLike(x!, x!.shape.at(-1)!, y!.shape.at(-1)!)),
});

// Both at once: outputs are G and what is left of it, P and what is left of it.
defineRule('TractMoments', {
  vjp: {
    x: {
      reads: ['x', 'y'],
      pull: (_, { inputs: { x, y } }, [dG, , dP]) =>
        add(matMulT(x!, symmetric(dG!)), matMulT(y!, dP!, false, true)),
    },
    y: { reads: ['x'], pull: (_, { inputs: { x } }, [, , dP]) => matMulT(x!, dP!) },
    gramHigh: { pull: (_, __, [dG]) => dG! },
    high: { pull: (_, __, [, , dP]) => dP! },
  },
  jvp: (push) => {
    const { inputs, tangents } = push;
    const dG = total(tangents.x && symmetric(matMulT(inputs.x!, tangents.x, true)), tangents.gramHigh);
    return [dG, null, productTangent(push), null];
  },
  batch: stacked,
  shape: ({ inputs: { x, y } }: ShapeCall) => {
    const [n, m] = [x!.shape.at(-1)!, y!.shape.at(-1)!];
    return [...pair(matricesLike(x!, n, n)), ...pair(matricesLike(x!, n, m))];
  },
});

// A x = y with A = G / rows + lambda I:  dy = A^-1 dx, dG = -sym(dy x^T) / rows, dlambda = -<dy, x>.
defineRule('TractRidgeSolve', {
  vjp: {
    high: {
      reads: ['high', 'low', 'lambda'],
      readsOutputs: [0],
      pull: (ct, { inputs, outputs: [x], attrs }) => {
        const product = matMulT(again(inputs, attrs, ct), x!, false, true);
        return div(symmetric(product), -2 * attrs.rows);
      },
    },
    lambda: {
      reads: ['high', 'low', 'lambda'],
      readsOutputs: [0],
      pull: (ct, { inputs, outputs: [x], attrs, avals }) => {
        const products = neg(mul(again(inputs, attrs, ct), x!));
        const { shape } = avals.lambda!;
        return sum(reshape(products, [...shape, -1]), shape.length);
      },
    },
    y: {
      reads: ['high', 'low', 'lambda'],
      pull: (ct, { inputs, attrs }) => again(inputs, attrs, ct),
    },
  },
  jvp: ({ inputs, tangents, outputs: [x], attrs }: Pushforward) => {
    const dA = tangents.high && matMulT(div(symmetric(tangents.high), 2 * attrs.rows), x!);
    const dLambda = tangents.lambda && mul(alongRows(tangents.lambda, x!.rank), x!);
    const moved = total(dA, dLambda);
    const right = moved ? (tangents.y ? sub(tangents.y, moved) : neg(moved)) : tangents.y!;
    const dx = again(inputs, attrs, right);
    return attrs.wide ? [dx, null] : [dx];
  },
  batch: (call) => {
    const { high, low, lambda, y, yLow } = call.inputs;
    if (high!.batched || low!.batched || lambda!.batched || high!.value.rank !== 2) return stacked(call);
    // One matrix for the whole batch takes all right-hand sides as columns.
    const [size, n, m] = y!.value.shape as [number, number, number];
    const columns = (t: Tensor): Tensor => reshape(transpose(t, [1, 0, 2]), [n, size * m]);
    const inputs = { high: high!.value, low: low!.value, lambda: lambda!.value, y: columns(y!.value) };
    const rest = yLow && { yLow: columns(withBatch(yLow, size)) };
    return runKernel<Tensor[]>(call.kernel, { ...inputs, ...rest }, call.attrs).map((x) =>
      transpose(reshape(x, [n, size, m]), [1, 0, 2]),
    );
  },
  shape: ({ inputs: { y }, attrs }: ShapeCall) => (attrs.wide ? pair(y!) : [y!]),
});

function again(inputs: Record<string, Tensor>, { rows }: { rows?: number }, y: Tensor): Tensor {
  return ridgeSolve({ high: inputs.high!, low: inputs.low! }, rows!, inputs.lambda!, y);
}

/** lambda with ones behind, so that it broadcasts against stacks of matrices. */
function alongRows(lambda: Tensor, rank: number): Tensor {
  return lambda.rank === 0
    ? lambda
    : reshape(lambda, [...lambda.shape, ...new Array<number>(rank - lambda.rank).fill(1)]);
}
