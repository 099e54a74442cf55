import { slice_util, util, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { provideInPlace, provideInWorkspace, worksInPlace, type InPlace } from '../../core/inPlace';
import type { Attrs, Aval } from '../../core/rule';
import { blocksIn } from '../../wasm/blocks';
import { floatBytes } from '../../wasm/bytes';
import { addressOf, allocate, memoryOf } from '../../wasm/memory';

/** Slices in the memory of the wasm backend, with the attributes of Slice: tfjs's kernel copies the whole of x out first, at each slice. */
export const BLOCK_SLICE = 'BlockSlice';

/** Begin and size for every axis: axes left out are taken whole, and a size of -1 reaches to the end. */
export function extent(
  shape: readonly number[],
  { begin, size }: Attrs,
): { begin: number[]; size: number[] } {
  const [begins, sizes] = slice_util.parseSliceParams({ shape: [...shape] } as Tensor, begin, size);
  return { begin: begins!, size: sizes! };
}

export const canBlockSlice = ({ dtype }: Aval): boolean => dtype === 'float32' || dtype === 'int32';

/** Whether our own kernel takes a call of Slice. */
export const isBlockSlice = (backend: string, x: Aval): boolean =>
  backend === 'wasm' && canBlockSlice(x) && worksInPlace(backend);

function blockSlice(x: TensorInfo, attrs: Attrs, backend: object): TensorInfo {
  const { begin, size } = extent(x.shape, attrs);
  const y = allocate(backend, size, x.dtype);
  if (util.sizeFromShape(size) === 0) return y;
  const blocks = blocksIn(memoryOf(backend)!);
  const floats = (from: number, shape: readonly number[]): number => util.sizeFromShape(shape.slice(from));
  // Side by side lies what is taken of the last axis that is cut, with all axes behind it.
  const cut = Math.max(
    0,
    x.shape.findLastIndex((n, axis) => size[axis] !== n),
  );
  const stretch = floats(cut, size);
  const count = cut === 0 ? 1 : size[cut - 1]!;
  const [toStep, fromStep] = [stretch * floatBytes, floats(cut, x.shape) * floatBytes];
  let to = addressOf(backend, y);
  const copy = (axis: number, from: number): void => {
    const start = from + (begin[axis] ?? 0) * floats(axis + 1, x.shape) * floatBytes;
    if (axis < cut - 1) {
      for (let i = 0; i < size[axis]!; i++)
        copy(axis + 1, start + i * floats(axis + 1, x.shape) * floatBytes);
      return;
    }
    const first = axis === cut ? start : start + begin[cut]! * floats(cut + 1, x.shape) * floatBytes;
    blocks.copyFloats(to, toStep, first, fromStep, stretch, count);
    to += count * toStep;
  };
  copy(0, addressOf(backend, x));
  return y;
}

const compute: InPlace = ({ x }, attrs, backend) => blockSlice(x!, attrs, backend);
provideInPlace(BLOCK_SLICE, compute);
provideInWorkspace('Slice', {
  compute,
  takes: ({ x }, attrs) => canBlockSlice(x!) && !isStretch(x!, attrs),
  isFixed: true,
});

/** What lies side by side cpu takes as part of the same array. */
function isStretch({ shape }: Aval, attrs: Attrs): boolean {
  const { begin, size } = extent(shape, attrs);
  return slice_util.isSliceContinous([...shape], begin, size);
}
