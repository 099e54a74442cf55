import { add, getBackend, mul, neg, reshape, sub, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule, type BatchCall, type Pushforward, type Residuals } from '../core/rule';
import { withBatch } from '../rules/families/batching';
import { registerLinalgKernels } from './kernels/register';
import { matMulT, swapLast } from '../rules/families/matMulT';
import { triangle } from './matrices';

/** Runs a kernel of ours, registering it for the backend in use the first time. */
function run(kernel: string, inputs: Record<string, Tensor>, attrs = {}): Tensor {
  registerLinalgKernels(getBackend());
  return runKernel(kernel, inputs, attrs);
}

export interface Triangular {
  lower: boolean;
  transpose: boolean;
  unitDiagonal: boolean;
}

/** L with L L^T = a. */
export const choleskyKernel = (a: Tensor): Tensor => run('TractCholesky', { a });
/** x with op(a) x = b for a triangular a. */
export const triangularSolveKernel = (a: Tensor, b: Tensor, attrs: Triangular): Tensor =>
  run('TractTriangularSolve', { a, b }, attrs);
/** x with a x = b for a symmetric positive definite a. */
export const positiveDefiniteSolveKernel = (a: Tensor, b: Tensor): Tensor =>
  run('TractCholeskySolve', { a, b });
/** x with a x = b for any regular a. */
export const solveKernel = (a: Tensor, b: Tensor): Tensor => run('TractSolve', { a, b });

/** Stacks of matrices take one more leading axis. */
function stacked({ kernel, inputs, size, attrs }: BatchCall): Tensor {
  return runKernel(
    kernel,
    Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, withBatch(input, size)])),
    attrs,
  );
}

/** One matrix for the whole batch takes all right-hand sides as columns: [B, n, m] -> [n, B m]. */
function stackedSolve(call: BatchCall): Tensor {
  const { a, b } = call.inputs;
  if (a!.batched || a!.value.rank !== 2) return stacked(call);
  const [size, n, m] = b!.value.shape as [number, number, number];
  const columns = reshape(transpose(b!.value, [1, 0, 2]), [n, size * m]);
  const x = runKernel(call.kernel, { a: a!.value, b: columns }, call.attrs);
  return transpose(reshape(x, [n, size, m]), [1, 0, 2]);
}

// L = chol(A): dL = L Phi(L^-1 dA L^-T), where Phi takes the lower triangle and halves the diagonal (Murray 2016, arXiv:1602.07527).
const halfLower = (a: Tensor): Tensor => triangle(a, true, 0.5);
const solveL = (l: Tensor, b: Tensor, transposed = false): Tensor =>
  triangularSolveKernel(l, b, { lower: true, transpose: transposed, unitDiagonal: false });
const symmetrised = (a: Tensor): Tensor => mul(add(a, swapLast(a)), 0.5);

defineRule('TractCholesky', {
  vjp: {
    a: {
      readsOutputs: [0],
      pull: (ct, { outputs: [l] }) => {
        const p = halfLower(matMulT(swapLast(l!), ct));
        const left = solveL(l!, p, true);
        return symmetrised(swapLast(solveL(l!, swapLast(left), true)));
      },
    },
  },
  jvp: ({ tangents, outputs: [l] }) => {
    const left = solveL(l!, symmetrised(tangents.a!));
    return matMulT(l!, halfLower(swapLast(solveL(l!, swapLast(left)))));
  },
  batch: stacked,
  shape: ({ inputs }) => inputs.a!,
});

// op(a) x = b:  db = op(a)^-T dx,  da = -db x^T (transposed for op = T), kept to the triangle.
const toTriangle = (a: Tensor, { lower, unitDiagonal }: Triangular): Tensor =>
  triangle(a, lower, unitDiagonal ? 0 : 1);

defineRule('TractTriangularSolve', {
  vjp: {
    a: {
      reads: ['a'],
      readsOutputs: [0],
      pull: (ct, { inputs: { a }, outputs: [x], attrs }) => {
        const t = attrs as Triangular;
        const db = triangularSolveKernel(a!, ct, { ...t, transpose: !t.transpose });
        const product = t.transpose ? matMulT(x!, swapLast(db)) : matMulT(db, swapLast(x!));
        return neg(toTriangle(product, t));
      },
    },
    b: {
      reads: ['a'],
      pull: (ct, { inputs: { a }, attrs }) =>
        triangularSolveKernel(a!, ct, { ...(attrs as Triangular), transpose: !attrs.transpose }),
    },
  },
  jvp: ({ inputs: { a }, tangents, outputs: [x], attrs }) => {
    const t = attrs as Triangular;
    const da = tangents.a && toTriangle(tangents.a, t);
    const moved = da && matMulT(t.transpose ? swapLast(da) : da, x!);
    return triangularSolveKernel(a!, minus(tangents.b, moved), t);
  },
  batch: stackedSolve,
  shape: ({ inputs }) => inputs.b!,
});

/** db - da x, where either may be zero. */
function minus(db: Tensor | null | undefined, moved: Tensor | null | undefined): Tensor {
  if (db && moved) return sub(db, moved);
  return db ?? neg(moved!);
}

/** a x = b:  db = a^-T dx,  da = -db x^T.  dx = a^-1 (db - da x). */
function defineSolve(
  kernel: string,
  solve: (a: Tensor, b: Tensor) => Tensor,
  transposed: (a: Tensor) => Tensor,
  shapeA: (a: Tensor) => Tensor,
): void {
  defineRule(kernel, {
    vjp: {
      a: {
        reads: ['a'],
        readsOutputs: [0],
        pull: (ct, { inputs: { a }, outputs: [x] }: Residuals) =>
          neg(shapeA(matMulT(solve(transposed(a!), ct), swapLast(x!)))),
      },
      b: { reads: ['a'], pull: (ct, { inputs: { a } }) => solve(transposed(a!), ct) },
    },
    jvp: ({ inputs: { a }, tangents, outputs: [x] }: Pushforward) =>
      solve(a!, minus(tangents.b, tangents.a && matMulT(shapeA(tangents.a), x!))),
    batch: stackedSolve,
    shape: ({ inputs }) => inputs.b!,
  });
}

defineSolve('TractSolve', solveKernel, swapLast, (a) => a);
// The kernel takes a to be symmetric, so its derivative is too.
defineSolve('TractCholeskySolve', positiveDefiniteSolveKernel, (a) => a, symmetrised);
