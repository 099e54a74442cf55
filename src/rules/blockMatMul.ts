import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { provideInPlace, provideInWorkspace, worksAlone, type InPlace } from '../core/inPlace';
import type { Attrs, Aval, Named } from '../core/rule';
import { blocksIn } from '../wasm/blocks';
import { floatBytes } from '../wasm/bytes';
import { multiplyMatrices, roomFor } from '../wasm/matrices';
import { addressOf, allocate, memoryOf, withRoom } from '../wasm/memory';

/**
 * Products of matrices in the memory of the wasm backend, { a, b } with the attributes of BatchMatMul: transposed operands at no cost, where tfjs's kernel
 * goes 6 to 30 times slower, and stacks of any length. Where both have leading axes of length over one, they are the same.
 */
export const BLOCK_MAT_MUL = 'BlockMatMul';

/** Up to so many rows tfjs's own product of two matrices as they are is faster. */
const FEW_ROWS = 3;

/** Fewer multiplications take no longer in JavaScript than the copies of operands and result. */
const FEW_ON_CPU = 4096;

/** Whether our kernel can take a call of BatchMatMul. */
function canBlockMatMul({ a, b }: Named<Aval>): boolean {
  if (a!.dtype !== 'float32' || b!.dtype !== 'float32') return false;
  const [leadA, leadB] = [a!.shape.slice(0, -2), b!.shape.slice(0, -2)];
  return util.sizeFromShape(leadA) === 1 || util.sizeFromShape(leadB) === 1 || util.arraysEqual(leadA, leadB);
}

/** Whether our kernel takes a call of BatchMatMul, and takes less time for it. */
export function isBlockMatMul(
  backend: string,
  { a, b }: Named<Aval>,
  { transposeA, transposeB }: Attrs,
): boolean {
  const rows = a!.shape.at(transposeA ? -1 : -2)!;
  const columns = b!.shape.at(transposeB ? -2 : -1)!;
  const onCPU = backend === 'cpu';
  if (onCPU && util.sizeFromShape(a!.shape as number[]) * columns < FEW_ON_CPU) return false;
  if (!canBlockMatMul({ a: a!, b: b! }) || !worksAlone(backend)) return false;
  if (onCPU) return true;
  const isPlain = !transposeB && [a!, b!].every(({ shape }) => util.sizeFromShape(shape.slice(0, -2)) === 1);
  return !isPlain || rows > FEW_ROWS;
}

export function blockMatMulShape({ a, b }: Named<Aval>, { transposeA, transposeB }: Attrs): number[] {
  const lead = (x: Aval): number[] => x.shape.slice(0, -2);
  const [sizeA, sizeB] = [util.sizeFromShape(lead(a!)), util.sizeFromShape(lead(b!))];
  const longer = sizeA === sizeB ? a!.shape.length >= b!.shape.length : sizeB === 1;
  const rank = Math.max(a!.shape.length, b!.shape.length) - 2;
  const own = lead(longer ? a! : b!);
  return [
    ...new Array<number>(rank - own.length).fill(1),
    ...own,
    a!.shape.at(transposeA ? -1 : -2)!,
    b!.shape.at(transposeB ? -2 : -1)!,
  ];
}

function blockMatMul(a: TensorInfo, b: TensorInfo, attrs: Attrs, backend: object): TensorInfo {
  const shape = blockMatMulShape({ a, b }, attrs);
  const [n, m] = shape.slice(-2) as [number, number];
  const { transposeA = false, transposeB = false } = attrs;
  const k = a.shape.at(transposeA ? -2 : -1)!;
  const c = allocate(backend, shape, 'float32');
  const size = util.sizeFromShape(shape);
  const toC = size === 0 ? 0 : addressOf(backend, c);
  const blocks = blocksIn(memoryOf(backend)!);
  if (size === 0 || k === 0) {
    blocks.clear(toC, size * floatBytes);
    return c;
  }
  // One b for all is one product of all their rows.
  const isOne = util.sizeFromShape(b.shape) === k * m && !transposeA;
  const count = isOne ? 1 : size / (n * m);
  const product = { n: isOne ? size / m : n, k, m, transposeA, transposeB };
  const stepOf = (x: TensorInfo, matrix: number): number =>
    util.sizeFromShape(x.shape) === matrix ? 0 : matrix * floatBytes;
  const [fromA, fromB] = [addressOf(backend, a), addressOf(backend, b)];
  const [stepA, stepB] = [stepOf(a, n * k), stepOf(b, k * m)];
  withRoom(backend, roomFor(product), (room) => {
    for (let s = 0; s < count; s++)
      multiplyMatrices(
        blocks,
        product,
        fromA + s * stepA,
        fromB + s * stepB,
        toC + s * n * m * floatBytes,
        room,
      );
  });
  return c;
}

const compute: InPlace = ({ a, b }, attrs, backend) => blockMatMul(a!, b!, attrs, backend);
provideInPlace(BLOCK_MAT_MUL, compute, true);
provideInWorkspace('BatchMatMul', { compute, takes: canBlockMatMul, isFixed: true });
