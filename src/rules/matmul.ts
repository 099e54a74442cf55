import { broadcast_util, getBackend, mul, pad, scalar, Tensor, util } from '@tensorflow/tfjs-core';
import { engine } from '../core/engine';
import { runKernel } from '../core/kernel';
import { isPackedOtherwise } from '../core/packedOperand';
import type { Attrs, Aval, BatchCall, Batching, Named, ShapeCall } from '../core/rule';
import { traceOf } from '../core/tracer';
import { BLOCK_MAT_MUL, isBlockMatMul } from './blockMatMul';
import { alignRank, exampleShape } from './families/batching';
import { bilinear } from './families/bilinear';
import { broadcastLike, sumTo } from './families/broadcast';
import { inShape } from './families/inShape';
import { matMulT, NOT_WORTH_TRANSPOSING, swapLast } from './families/matMulT';
import { STACKED_MAT_MUL } from './stackedMatMul';

// z = op(a) op(b) is bilinear: each operand's cotangent is the other product, transposed.
for (const kernel of ['BatchMatMul', BLOCK_MAT_MUL]) {
  bilinear(
    kernel,
    {
      a: ({ b, ct }, { attrs: { transposeA, transposeB }, avals }) =>
        sumTo(
          transposeA ? matMulT(b!, ct, transposeB, true) : matMulT(ct, b!, false, !transposeB),
          avals.a!.shape,
        ),
      b: ({ a, ct }, { attrs: { transposeA, transposeB }, avals }) =>
        sharedByAll(avals.b!, avals.a!) && !transposeA
          ? inShape(rowsProduct(a!, ct, transposeB), avals.b!.shape)
          : sumTo(
              transposeB ? matMulT(ct, a!, true, transposeA) : matMulT(a!, ct, !transposeA, false),
              avals.b!.shape,
            ),
    },
    {
      shape,
      broken: (backend, inputs, attrs) =>
        kernel === BLOCK_MAT_MUL
          ? !isBlockMatMul(backend, inputs, attrs)
          : isUneven(backend, inputs) ||
            isBlockMatMul(backend, inputs, attrs) ||
            isSlow(backend, inputs, attrs) ||
            isCached(backend, inputs) ||
            isOddOnWebGL(backend, inputs, attrs),
      polyfill: (inputs: Named<Tensor>, attrs) => {
        if (kernel === BLOCK_MAT_MUL) return runKernel('BatchMatMul', inputs, attrs);
        if (isUneven(getBackend(), inputs)) return evenly(inputs, attrs);
        if (isBlockMatMul(getBackend(), inputs, attrs)) return runKernel(BLOCK_MAT_MUL, inputs, attrs);
        if (isOddOnWebGL(getBackend(), inputs, attrs)) return evened(inputs, attrs);
        return isSlow(getBackend(), inputs, attrs) ? fast(inputs, attrs) : ofCopy(inputs, attrs);
      },
    },
  );
}

const stackOf = ({ shape }: Aval): number[] => shape.slice(0, -2);

/** Whether stacks broadcast otherwise than in front: there tfjs's kernels (4.22) take the matrices of the shorter stack over and over, in order. */
function isUneven(backend: string, { a, b }: Named<Aval>): boolean {
  if (backend === 'tensorflow' || Math.max(a!.shape.length, b!.shape.length) < 4) return false;
  const whole = broadcast_util.assertAndGetBroadcastShape(stackOf(a!), stackOf(b!));
  return [a!, b!].some((x) => {
    const stack = stackOf(x);
    const own = stack.slice(stack.concat(0).findIndex((n) => n !== 1));
    return own.some((n, i) => n !== whole[whole.length - own.length + i]);
  });
}

/** With both stacks as long as the result's. */
function evenly({ a, b }: Named<Tensor>, attrs: Attrs): Tensor {
  const whole = broadcast_util.assertAndGetBroadcastShape(stackOf(a!), stackOf(b!));
  const all = (x: Tensor): Tensor => broadcastLike(x, [...whole, ...x.shape.slice(-2)]);
  return runKernel('BatchMatMul', { a: all(a!), b: all(b!) }, attrs);
}

/** Whether wasm would take what it packed of the right operand in another shape. In a capture nothing has data yet; replay looks then. */
function isCached(backend: string, { b }: Named<Aval>): boolean {
  return backend === 'wasm' && b instanceof Tensor && traceOf(b) === undefined && isPackedOtherwise(b);
}

/** With the right operand computed anew: a clone would share its data. */
const ofCopy = ({ a, b }: Named<Tensor>, attrs: Attrs): Tensor =>
  runKernel('BatchMatMul', { a: a!, b: mul(b!, scalar(1, b!.dtype)) }, attrs);

/**
 * Whether webgl would add what lies beside the matrices. It keeps two by two numbers in a texel and sums over pairs; of an odd number the last
 * pair holds what elementwise kernels made of nothing, such as exp(0) or a bias (tfjs 4.22).
 */
function isOddOnWebGL(backend: string, { a }: Named<Aval>, { transposeA }: Attrs): boolean {
  return backend === 'webgl' && a!.shape.at(transposeA ? -2 : -1)! % 2 === 1;
}

/** With zeros at the end of the axis that is summed. */
function evened({ a, b }: Named<Tensor>, attrs: Attrs): Tensor {
  const longer = (x: Tensor, isLast: boolean): Tensor =>
    pad(
      x,
      x.shape.map((_, i): [number, number] => [0, i === x.rank - (isLast ? 1 : 2) ? 1 : 0]),
    );
  return runKernel(
    'BatchMatMul',
    { a: longer(a!, !attrs.transposeA), b: longer(b!, Boolean(attrs.transposeB)) },
    attrs,
  );
}

/** wasm's fast path is one product of two matrices as they are; what else there is goes 6 to 30 times slower. */
function isSlow(backend: string, { a, b }: Named<Aval>, { transposeA, transposeB }: Attrs): boolean {
  if (backend !== 'wasm' || a!.dtype !== 'float32' || b!.dtype !== 'float32' || engine().isTapeOn())
    return false;
  const [leadA, leadB] = [a!.shape.slice(0, -2), b!.shape.slice(0, -2)];
  const [countA, countB] = [util.sizeFromShape(leadA), util.sizeFromShape(leadB)];
  const matrix = util.sizeFromShape(a!.shape.slice(-2));
  const work = matrix * b!.shape.at(transposeB ? -2 : -1)!;
  if (work <= NOT_WORTH_TRANSPOSING) return false;
  if (countA === 1 && countB === 1) return Boolean(transposeA || transposeB);
  return countA > 1 && util.arraysEqual(leadA, leadB);
}

function fast({ a, b }: Named<Tensor>, { transposeA, transposeB }: Attrs): Tensor {
  const lead = a!.rank > b!.rank ? a!.shape.slice(0, -2) : b!.shape.slice(0, -2);
  const count = util.sizeFromShape(lead);
  const shape = [...lead, a!.shape.at(transposeA ? -1 : -2)!, b!.shape.at(transposeB ? -2 : -1)!];
  if (count === 1) {
    const [left, right] = [a!, b!].map((x) => inShape(x, x.shape.slice(-2))) as [Tensor, Tensor];
    return inShape(matMulT(left, right, transposeA, transposeB), shape);
  }
  const stack = (x: Tensor, swap: boolean): Tensor => {
    const stacked = inShape(x, [count, ...x.shape.slice(-2)]);
    return swap ? swapLast(stacked) : stacked;
  };
  return inShape(runKernel(STACKED_MAT_MUL, { a: stack(a!, transposeA), b: stack(b!, transposeB) }), shape);
}

/** Whether one b multiplies a whole stack of a. */
function sharedByAll(b: Aval, a: Aval): boolean {
  return util.sizeFromShape(b.shape.slice(0, -2)) === 1 && b.shape.length <= a.shape.length;
}

/** sum over the stack of a^T ct (or ct^T a): one product of all rows. */
function rowsProduct(a: Tensor, ct: Tensor, transposed: boolean): Tensor {
  const stacked = (x: Tensor): Tensor =>
    inShape(x, [util.sizeFromShape(x.shape.slice(0, -1)), x.shape.at(-1)!]);
  const [rowsA, rowsCt] = [stacked(a), stacked(ct)];
  return transposed ? matMulT(rowsCt, rowsA, true) : matMulT(rowsA, rowsCt, true);
}

function batch({ inputs, attrs }: BatchCall): Tensor {
  const a = inputs.a!;
  const b = inputs.b!;
  const rank = Math.max(exampleShape(a).length, exampleShape(b).length);
  return matMulT(alignRank(a, rank), alignRank(b, rank), attrs.transposeA, attrs.transposeB);
}

function shape({ inputs, attrs }: ShapeCall): Aval {
  const a = inputs.a!.shape as number[];
  const b = inputs.b!.shape as number[];
  const lead = broadcast_util.assertAndGetBroadcastShape(a.slice(0, -2), b.slice(0, -2));
  return {
    shape: [...lead, a.at(attrs.transposeA ? -1 : -2)!, b.at(attrs.transposeB ? -2 : -1)!],
    dtype: inputs.a!.dtype,
  };
}

export const batching: Batching = () => ({ BatchMatMul: batch, [BLOCK_MAT_MUL]: batch });
