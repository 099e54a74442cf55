import * as tf from '@tensorflow/tfjs-core';
import type { RuleCase } from '../case';

const flags = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

/** [n, k] or its transpose. */
const matrix = (n: number, k: number, transposed: boolean): number[] => (transposed ? [k, n] : [n, k]);

const named = (ta: boolean, tb: boolean): string => `${ta ? 'a^T' : 'a'} ${tb ? 'b^T' : 'b'}`;

const matMul: RuleCase[] = flags.flatMap(([ta, tb]) => [
  {
    kernel: 'BatchMatMul',
    name: named(ta, tb),
    args: [{ shape: matrix(2, 3, ta) }, { shape: matrix(3, 4, tb) }],
    f: (a, b) => tf.matMul(a, b, ta, tb),
  },
  {
    kernel: 'BatchMatMul',
    name: `${named(ta, tb)}, stacks of two axes`,
    args: [{ shape: [2, 3, ...matrix(2, 3, ta)] }, { shape: [2, 3, ...matrix(3, 4, tb)] }],
    f: (a, b) => tf.matMul(a, b, ta, tb),
  },
  {
    kernel: 'BatchMatMul',
    name: `${named(ta, tb)}, stacks that repeat along other axes than the first`,
    args: [{ shape: [2, 1, ...matrix(2, 3, ta)] }, { shape: [2, 3, ...matrix(3, 4, tb)] }],
    f: (a, b) => tf.matMul(a, b, ta, tb),
  },
  {
    kernel: 'BatchMatMul',
    name: `${named(ta, tb)}, one b for a stack`,
    args: [{ shape: [3, ...matrix(2, 3, ta)] }, { shape: matrix(3, 4, tb) }],
    f: (a, b) => tf.matMul(a, b, ta, tb),
  },
  {
    kernel: 'BatchMatMul',
    name: `${named(ta, tb)}, one a for a stack`,
    args: [{ shape: [1, ...matrix(2, 3, ta)] }, { shape: [3, ...matrix(3, 4, tb)] }],
    f: (a, b) => tf.matMul(a, b, ta, tb),
  },
  {
    kernel: 'BatchMatMul',
    name: `${named(ta, tb)}, shorter leading axes`,
    args: [{ shape: [2, 3, ...matrix(2, 3, ta)] }, { shape: [3, ...matrix(3, 4, tb)] }],
    f: (a, b) => tf.matMul(a, b, ta, tb),
  },
]);

const shapes: RuleCase[] = [
  {
    kernel: 'BatchMatMul',
    name: 'an operand with itself',
    args: [{ shape: [3, 3] }],
    f: (a) => tf.matMul(a, a, false, true),
  },
  {
    kernel: 'BatchMatMul',
    name: 'dot of vectors',
    args: [{ shape: [4] }, { shape: [4] }],
    f: (a, b) => tf.dot(a, b),
  },
  {
    kernel: 'BatchMatMul',
    name: 'matrix by vector',
    args: [{ shape: [2, 4] }, { shape: [4] }],
    f: (a, b) => tf.dot(a, b),
  },
  {
    kernel: 'BatchMatMul',
    name: 'outer product',
    args: [{ shape: [2] }, { shape: [3] }],
    f: (a, b) => tf.outerProduct(a, b),
  },
];

/** A case for Einsum, with a shape for each letter group given by `sizes`. */
const einsum = (
  equation: string,
  sizes: Record<string, number>,
  missing?: RuleCase['missing'],
): RuleCase => ({
  kernel: 'Einsum',
  name: equation,
  args: equation
    .split('->')[0]!
    .split(',')
    .map((axes) => ({ shape: [...axes].map((c) => sizes[c]!) })),
  f: (...args) => tf.einsum(equation, ...args),
  ...(missing && { missing }),
});

const sizes = { b: 2, i: 2, j: 3, k: 4, l: 2, h: 3 };

const sums: RuleCase[] = [
  einsum('ij,jk->ik', sizes),
  einsum('ij,jk->ki', sizes),
  einsum('ji,kj->ik', sizes),
  einsum('bij,bjk->bik', sizes),
  einsum('bij,bkj->bik', sizes),
  einsum('bhij,bhjk->bihk', sizes),
  einsum('bij,jk->bik', sizes),
  einsum('i,j->ij', sizes),
  einsum('i,i->', sizes),
  einsum('ij,ij->i', sizes),
  einsum('ij,ij->ij', sizes),
  einsum('ij,jk->i', sizes),
  einsum('ijk->kij', sizes),
  einsum('ijk->j', sizes),
  einsum('ij->', sizes),
  einsum('ijk,ljk->li', sizes),
];

export default [...matMul, ...shapes, ...sums];
