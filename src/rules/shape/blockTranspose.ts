import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { provideInPlace, worksInPlace } from '../../core/inPlace';
import type { Attrs, Aval } from '../../core/rule';
import { blocksIn } from '../../wasm/blocks';
import { floatBytes } from '../../wasm/bytes';
import { addressOf, allocate, memoryOf } from '../../wasm/memory';

/**
 * Transpositions in the memory of the wasm backend, with the attributes of Transpose, plane by plane: tfjs's kernels move element by element.
 */
export const BLOCK_TRANSPOSE = 'BlockTranspose';

/** Smaller planes take as long from JavaScript as tfjs's kernel takes. */
const FEW_AT_ONCE = 32;

/** Smaller tensors take less time on cpu than their copies. */
const FEW_ON_CPU = 256;

/** A transposition as one of fewer axes: those of length one are left out, those that stay neighbours are one. */
interface Permutation {
  readonly lengths: readonly number[];
  /** Which axis of x comes where. */
  readonly order: readonly number[];
  /** Two axes that are moved at once: the last of y, and the last of x, or the longest of the others where that is the same. */
  readonly plane: readonly [number, number];
}

function permutationOf(shape: readonly number[], perm: readonly number[]): Permutation {
  const groups: { first: number; end: number; length: number }[] = [];
  for (const axis of perm) {
    if (shape[axis] === 1) continue;
    const before = groups.at(-1);
    if (before && axis >= before.end && shape.slice(before.end, axis).every((n) => n === 1)) {
      before.end = axis + 1;
      before.length *= shape[axis]!;
    } else groups.push({ first: axis, end: axis + 1, length: shape[axis]! });
  }
  const sorted = groups.toSorted((a, b) => a.first - b.first);
  const lengths = sorted.map(({ length }) => length);
  const order = groups.map((group) => sorted.indexOf(group));
  const [last, inner] = [lengths.length - 1, order.at(-1)!];
  const others = order.slice(0, -1);
  const longest = others.reduce((a, b) => (lengths[b]! > lengths[a]! ? b : a), others.at(-1)!);
  return { lengths, order, plane: [inner, inner === last ? longest : last] };
}

/** Whether our own kernel takes a call of Transpose, and takes less time for it. It never is one that moves nothing. */
export function isBlockTranspose(backend: string, { shape, dtype }: Aval, perm: readonly number[]): boolean {
  if ((dtype !== 'float32' && dtype !== 'int32') || !worksInPlace(backend)) return false;
  const size = util.sizeFromShape(shape as number[]);
  if (size < (backend === 'cpu' ? FEW_ON_CPU : FEW_AT_ONCE)) return false;
  const { lengths, plane } = permutationOf(shape, perm);
  return lengths.length > 1 && lengths[plane[0]]! * lengths[plane[1]]! >= FEW_AT_ONCE;
}

/** Bytes from one to the next along each axis. */
function steps(lengths: readonly number[]): number[] {
  return lengths.map((_, axis) => util.sizeFromShape(lengths.slice(axis + 1)) * floatBytes);
}

function blockTranspose(x: TensorInfo, { perm }: Attrs, backend: object): TensorInfo {
  const y = allocate(
    backend,
    (perm as number[]).map((axis) => x.shape[axis]!),
    x.dtype,
  );
  const { lengths, order, plane } = permutationOf(x.shape, perm);
  const [inner, along] = plane;
  const fromStep = steps(lengths);
  const inY = steps(order.map((axis) => lengths[axis]!));
  const toStep = lengths.map((_, axis) => inY[order.indexOf(axis)]!);
  const outer = order.filter((axis) => !plane.includes(axis));
  const blocks = blocksIn(memoryOf(backend)!);
  const move = (depth: number, to: number, from: number): void => {
    const axis = outer[depth];
    if (axis !== undefined)
      for (let i = 0; i < lengths[axis]!; i++)
        move(depth + 1, to + i * toStep[axis]!, from + i * fromStep[axis]!);
    else if (inner === lengths.length - 1)
      blocks.copyFloats(to, toStep[along]!, from, fromStep[along]!, lengths[inner]!, lengths[along]!);
    else blocks.transpose(to, toStep[along]!, from, fromStep[inner]!, lengths[inner]!, lengths[along]!);
  };
  move(0, addressOf(backend, y), addressOf(backend, x));
  return y;
}

provideInPlace(BLOCK_TRANSPOSE, ({ x }, attrs, backend) => blockTranspose(x!, attrs, backend), true);
