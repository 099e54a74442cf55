import { pairs } from './pairs';
import type { Shader } from './program';

/*
 * A fragment shader writes the element it was started for, and nothing else: factorisations run once for each column k, on the whole
 * matrix. In float32, on a software driver, a system with 64 right-hand sides took 17 ms for n = 27 and 137 ms for n = 147; Newton and Schulz's
 * iteration by matMul (20 steps, condition 1e3) 21 and 700 ms, and it can't tell a matrix that is not positive definite.
 */

/** Column k of L, and what is left of the columns behind: A - l l^T. */
export const choleskyColumn: Shader = {
  inputs: ['W'],
  body: `
    float pivot = getW(s, k, k);
    bool works = pivot > 0.0 && pivot < 3.0e38;
    if (j < k) v = getW(s, i, j);
    else if (i < j) v = 0.0;
    else if (j == k) v = getW(s, i, k) / sqrt(pivot);
    else v = getW(s, i, j) - getW(s, i, k) * getW(s, j, k) / pivot;
    if (!works) v = NAN;`,
};

/** The matrix with a column behind it that numbers its rows. */
export const numbered = (n: number): Shader => ({
  inputs: ['A'],
  sizes: { n },
  body: `v = float(i); if (j < n) v = getA(s, i, j);`,
});

/** The row of the largest element of column k below row k, of stack s. */
export const pivotRow = (n: number): Shader => ({
  inputs: ['W'],
  sizes: { n },
  body: `
    float top = -1.0;
    v = float(k);
    for (int r = 0; r < n; r++) {
      if (r < k) continue;
      float size = abs(getW(s, r, k));
      if (size > top) { top = size; v = float(r); }
    }`,
});

/** Swaps row k with the pivot's and eliminates column k below. */
export const eliminate = (n: number): Shader => ({
  inputs: ['W', 'P'],
  sizes: { n },
  body: `
    int p = int(getP(s, 0, 0));
    int from = i == k ? p : i == p ? k : i;
    v = getW(s, from, j);
    if (i > k && j >= k && j < n) {
      float pivot = getW(s, p, k);
      if (pivot != 0.0) {
        float l = getW(s, from, k) / pivot;
        v = j == k ? l : v - l * getW(s, p, j);
      }
    }`,
});

export const permuted = (n: number): Shader => ({
  inputs: ['B', 'W'],
  sizes: { n },
  body: `v = getB(s, int(getW(s, i, n)), j);`,
});

export interface Triangle {
  lower: boolean;
  transpose: boolean;
  unitDiagonal: boolean;
}

/** Row k of the solution of op(T) x = b, subtracted from the rows that follow. */
export const substitution = ({ lower, transpose, unitDiagonal }: Triangle): Shader => ({
  inputs: ['X', 'T'],
  body: `
    v = getX(s, i, j);
    float solved = getX(s, k, j)${unitDiagonal ? '' : ' / getT(s, k, k)'};
    if (i == k) v = solved;
    if (i ${lower !== transpose ? '>' : '<'} k) v -= ${transpose ? 'getT(s, k, i)' : 'getT(s, i, k)'} * solved;`,
});

/**
 * b - A x in pairs.
 *
 * @param entry A's element at row r and column c
 */
export const residual = (n: number, entry: string): Shader => ({
  inputs: ['A', 'X', 'B'],
  sizes: { n },
  declarations: `
    float entry(int s, int r, int c) { ${entry} }
    ${pairs}`,
  body: `
    vec2 sum = vec2(getB(s, i, j), 0.0);
    for (int q = 0; q < n; q++) sum = accumulate(sum, twoProduct(-entry(s, i, q), getX(s, q, j)));
    v = sum.x + sum.y;`,
});

export const entries = {
  all: 'return getA(s, r, c);',
  triangle: ({ lower, transpose, unitDiagonal }: Triangle): string => `
    if (r == c) return ${unitDiagonal ? '1.0' : 'getA(s, r, c)'};
    if ((r > c) != ${lower !== transpose}) return 0.0;
    return ${transpose ? 'getA(s, c, r)' : 'getA(s, r, c)'};`,
};

/** Infinite and undefined corrections come from such values elsewhere in the column: what is finite stays. */
export const correct: Shader = {
  inputs: ['X', 'D'],
  body: `
    float d = getD(s, i, j);
    v = getX(s, i, j);
    if (!isnan(d) && !isinf(d)) v += d;`,
};
