import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, allocate, copyWithin, memoryOf } from '../wasm/memory';
import type { Device } from './device';

/** An array that is filled row by row, along its first axis. */
export interface Rows {
  /** Takes the row over. */
  put(index: number, row: TensorInfo): void;
  /** The whole, once every row is there. */
  take(): TensorInfo;
  /** Frees what there is, in place of `take`. */
  dispose(): void;
}

/** Element `index` along the first axis. */
export function rowOf(device: Device, x: TensorInfo, index: number): TensorInfo {
  const { backend } = device;
  const rest = x.shape.slice(1);
  if (isInMemory(device, x.dtype)) {
    const row = allocate(backend, rest, x.dtype);
    const bytes = bytesOf(rest, x.dtype);
    copyWithin(backend, addressOf(backend, row), addressOf(backend, x) + index * bytes, bytes);
    return row;
  }
  const slice = device.run('Slice', { x }, { begin: [index, ...rest.map(() => 0)], size: [1, ...rest] });
  return device.reshaped(slice, rest);
}

export function rows(device: Device, length: number, shape: readonly number[], dtype: DataType): Rows {
  return length > 0 && isInMemory(device, dtype)
    ? rowsInMemory(device, length, shape, dtype)
    : rowsToStack(device, length, shape, dtype);
}

/** Rows are copied where they belong as they come. */
function rowsInMemory(device: Device, length: number, shape: readonly number[], dtype: DataType): Rows {
  const { backend } = device;
  const bytes = bytesOf(shape, dtype);
  const whole = allocate(backend, [length, ...shape], dtype);
  const start = addressOf(backend, whole);
  return {
    put(index, row) {
      copyWithin(backend, start + index * bytes, addressOf(backend, row), bytes);
      device.dispose([row]);
    },
    take: () => whole,
    dispose: () => device.dispose([whole]),
  };
}

function rowsToStack(device: Device, length: number, shape: readonly number[], dtype: DataType): Rows {
  const list: TensorInfo[] = [];
  return {
    put: (index, row) => void (list[index] = row),
    take() {
      if (length === 0) return device.run('Fill', [], { shape: [0, ...shape], value: 0, dtype });
      const parts = list.map((row) => device.reshaped(row, [1, ...shape]));
      if (length === 1) return parts[0]!;
      const whole = device.run('Concat', parts, { axis: 0 });
      device.dispose(parts);
      return whole;
    },
    // Those that are there: a list that is filled from its end has holes.
    dispose: () => device.dispose(list.filter(() => true)),
  };
}

function isInMemory({ name, backend }: Device, dtype: DataType): boolean {
  return name === 'wasm' && ['float32', 'int32', 'bool'].includes(dtype) && memoryOf(backend) !== undefined;
}

const bytesOf = (shape: readonly number[], dtype: DataType): number =>
  util.sizeFromShape(shape as number[]) * util.bytesPerElement(dtype);
