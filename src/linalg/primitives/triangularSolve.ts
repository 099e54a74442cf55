import { neg, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule } from '../../core/rule';
import { matMulT, swapLast } from '../../rules/families/matMulT';
import { triangularSolve } from '../kernels/triangularSolve';
import { triangle } from '../matrices';
import { stackedSolve } from '../stacked';
import { run } from './run';
import { minus } from './minus';

export interface Triangular {
  lower: boolean;
  transpose: boolean;
  unitDiagonal: boolean;
}

/** x with op(a) x = b for a triangular a. */
export const triangularSolveKernel = (a: Tensor, b: Tensor, attrs: Triangular): Tensor =>
  run(triangularSolve, { a, b }, attrs);

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
