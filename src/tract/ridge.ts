import { add, addN, concat, div, eye, mul, slice, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { positiveDefiniteSolveKernel } from '../linalg/primitives';
import { matMulT } from '../rules/families/matMulT';
import { checkSolved } from './failure';
import type { LinearLayer } from './layer';

/** Which of the two equal forms of the corrected gradient is computed. */
export type Form = 'primal' | 'dual';

/**
 * The cheaper form by multiplications. Primal: the Gram matrix x^T x (b n^2), its factor (n^3 / 3), the solve (2 n^2 m).
 * Dual: x x^T (b^2 n), its factor (b^3 / 3), the solve (2 b^2 m).
 */
export function cheaperForm({ b, n, m }: LinearLayer): Form {
  const cost = (size: number, other: number): number =>
    size * size * other + size ** 3 / 3 + 2 * size * size * m;
  return cost(b, n) < cost(n, b) ? 'dual' : 'primal';
}

/**
 * x^T x / b, `[..., n, n]`, summed over blocks of rows.
 *
 * @param share share of the rows of each block that enter, from the front
 */
export function gramMatrix(layer: LinearLayer, data: Tensor, share = 1): Tensor {
  const blocks: Tensor[] = [];
  let rows = 0;
  for (const block of layer.blocks(data)) {
    blocks.push(
      tidy(() => {
        const x = firstRows(block(), share);
        rows += x.shape[x.rank - 2]!;
        return matMulT(x, x, true);
      }),
    );
  }
  return div(blocks.length === 1 ? blocks[0]! : addN(blocks), Math.max(rows, 1));
}

function firstRows(x: Tensor, share: number): Tensor {
  if (share === 1) return x;
  const size = x.shape.slice();
  size[x.rank - 2] = Math.ceil(share * size[x.rank - 2]!);
  return slice(x, new Array<number>(x.rank).fill(0), size);
}

/** x x^T / b, `[..., b, b]`. */
export function kernelMatrix(layer: LinearLayer, data: Tensor): Tensor {
  const blocks = [...layer.blocks(data)].map((block) => block());
  const x = blocks.length === 1 ? blocks[0]! : concat(blocks, 0);
  return div(matMulT(x, x, false, true), Math.max(layer.b, 1));
}

/** (a + lambda I)^-1 y. */
export function solveRidge(a: Tensor, lambda: Tensor | number, y: Tensor): Tensor {
  const n = a.shape[a.rank - 1]!;
  if (n === 0) return y;
  const ridge = add(a, mul(eye(n), lambda));
  const solution = positiveDefiniteSolveKernel(ridge, y);
  checkSolved(ridge, y, solution);
  return solution;
}
