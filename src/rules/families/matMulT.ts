import { getBackend, matMul, transpose, util, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { isBlockMatMul } from '../blockMatMul';
import { broadcastLike } from './broadcast';
import { inShape } from './inShape';

/**
 * op(a) op(b) for stacks of matrices, where op transposes the last two axes if its flag says so. Leading axes broadcast.
 *
 * Every formula multiplies matrices through this function, which knows what tf.matMul lacks: a matrix shared by a whole stack is one
 * product of two matrices, and leading axes of which both operands have some (`[2, 1]` with `[1, 3]`, wrong in tfjs 4.22) work.
 */
export function matMulT(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  if (a.rank === 2 && b.rank === 2) return product(a, b, transposeA, transposeB);
  const leadA = a.shape.slice(0, -2);
  const leadB = b.shape.slice(0, -2);
  const lead = broadcastShape(leadA, leadB);
  const shape = [...lead, a.shape.at(transposeA ? -1 : -2)!, b.shape.at(transposeB ? -2 : -1)!];
  if (util.sizeFromShape(leadB) === 1) {
    // One b for all: the rows of all a, stacked, times b.
    const rows = transposeA && util.sizeFromShape(leadA) > 1 ? swapLast(a) : a;
    const isTransposed = transposeA && rows === a;
    const last = rows.shape.at(-1)!;
    const flat = inShape(rows, isTransposed ? rows.shape.slice(-2) : [rowsBefore(rows), last]);
    return inShape(product(flat, inShape(b, b.shape.slice(-2)), isTransposed, transposeB), shape);
  }
  const oneA = util.sizeFromShape(leadA) === 1;
  const isSlowStack = getBackend() === 'wasm' && !takesFlags(a, b, transposeA, transposeB);
  if (oneA && (shape.at(-1) === 1 || isSlowStack)) {
    // One a for all: z^T = b^T a^T, where the columns of all b, stacked, are the rows.
    const columns = transposeB ? b : swapLast(b);
    const flat = inShape(columns, [rowsBefore(columns), columns.shape.at(-1)!]);
    const z = product(flat, inShape(a, a.shape.slice(-2)), false, !transposeA);
    return swapLast(inShape(z, [...lead, shape.at(-1)!, shape.at(-2)!]));
  }
  // tf.matMul repeats a single a by itself.
  const a3 = oneA ? stack3d(a, [], []) : stack3d(a, leadA, lead);
  const b3 = stack3d(b, leadB, lead);
  return inShape(matMul(a3, b3, transposeA, transposeB), shape);
}

/** How many rows a stack of matrices has. */
function rowsBefore(x: Tensor): number {
  return util.sizeFromShape(x.shape.slice(0, -1));
}

/** The value with its last two axes exchanged. */
export function swapLast(x: Tensor): Tensor {
  const [n, m] = x.shape.slice(-2) as [number, number];
  // wasm's product keeps what it made of its right operand by the operand's data alone: the same data in two shapes, [1, n] here and [n, 1]
  // there, is computed wrongly and written beyond the result. There a vector is copied, too.
  if ((n === 1 || m === 1) && getBackend() !== 'wasm') return inShape(x, [...x.shape.slice(0, -2), m, n]);
  const axes = x.shape.map((_, i) => i);
  return transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/** Up to this many multiplications wasm's slow product takes no longer than one more kernel. */
export const NOT_WORTH_TRANSPOSING = 2048;

/*
 * wasm hands only [1, n, k] x [1, k, m] without transposition to its fast product; anything else runs 7 to 30 times slower. Transposing
 * is slow there, too: 2 ns an element, so of op(a) op(b) and (op(b)^T op(a)^T)^T the one is taken that transposes less.
 */
function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  const rows = a.shape[transposeA ? 1 : 0]!;
  const columns = b.shape[transposeB ? 0 : 1]!;
  const isSmall = a.size * columns <= NOT_WORTH_TRANSPOSING;
  if (getBackend() !== 'wasm' || isSmall || takesFlags(a, b, transposeA, transposeB))
    return matMul(a, b, transposeA, transposeB);
  const z = rows === 1 || columns === 1 ? 0 : rows * columns;
  const direct = (transposeA ? toTranspose(a) : 0) + (transposeB ? toTranspose(b) : 0);
  const swapped = (transposeA ? 0 : toTranspose(a)) + (transposeB ? 0 : toTranspose(b)) + z;
  return swapped + NOT_WORTH_TRANSPOSING < direct
    ? swapLast(matMul(transposeB ? b : swapLast(b), transposeA ? a : swapLast(a)))
    : matMul(transposeA ? swapLast(a) : a, transposeB ? swapLast(b) : b);
}

/** Whether our own kernel does the product, for which a transposed operand is like any other. */
function takesFlags(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): boolean {
  return isBlockMatMul(getBackend(), { a, b }, { transposeA, transposeB });
}

/** Elements to move; those of a vector stay where they are. */
function toTranspose(x: Tensor): number {
  return x.shape[0] === 1 || x.shape[1] === 1 ? 0 : x.size;
}

/** [...lead, n, k] as [size, n, k], repeated along the axes of `target` that it lacks. */
function stack3d(x: Tensor, lead: number[], target: number[]): Tensor3D {
  const matrix = x.shape.slice(-2) as [number, number];
  const full = util.arraysEqual(lead, target) ? x : broadcastLike(x, [...target, ...matrix]);
  return inShape(full, [util.sizeFromShape(target), ...matrix]) as Tensor3D;
}

function broadcastShape(a: number[], b: number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    return m === 1 ? n : m;
  });
}
