import * as tf from '@tensorflow/tfjs-core';

/** What backends keep of a tensor's data: its shape, or with cpu its values. */
interface Held {
  readonly shape?: readonly number[];
  readonly dtype?: tf.DataType | number;
  readonly values?: { readonly length: number } | null;
}

interface Storage {
  set(dataId: object, value: Held): void;
  delete(dataId: object): boolean;
}

// TensorFlow's DT_BOOL, as tfjs-node keeps it.
const BOOL = 10;

/**
 * The most bytes that data of the backend take at any moment of `run`, above what there was before, in MiB.
 *
 * Data are counted, not tensors, as `tf.memory()` does: a reshaped tensor or a clone takes no memory of its own, and what a jitted function
 * computes on its way belongs to no tensor. Memory inside of a kernel is not seen.
 */
export function peakOf(run: () => void): number {
  const backend = tf.backend() as unknown as Record<string, Storage | undefined>;
  const storage = (backend.dataIdMap ?? backend.tensorMap ?? backend.data)!;
  const sizes = new Map<object, number>();
  let [now, peak] = [0, 0];
  const own = {
    set(dataId: object, value: Held): void {
      const bytes = bytesOf(value);
      now += bytes - (sizes.get(dataId) ?? 0);
      sizes.set(dataId, bytes);
      peak = Math.max(peak, now);
      Object.getPrototypeOf(storage).set.call(storage, dataId, value);
    },
    delete(dataId: object): boolean {
      now -= sizes.get(dataId) ?? 0;
      sizes.delete(dataId);
      return Object.getPrototypeOf(storage).delete.call(storage, dataId);
    },
  };
  Object.assign(storage, own);
  try {
    tf.tidy(run);
  } finally {
    const patched = storage as Partial<Storage>;
    delete patched.set;
    delete patched.delete;
  }
  return peak / 2 ** 20;
}

function bytesOf({ shape, dtype, values }: Held): number {
  const width = dtype === 'bool' || dtype === BOOL ? 1 : dtype === 'complex64' ? 0 : 4;
  return (shape ? shape.reduce((a, d) => a * d, 1) : (values?.length ?? 0)) * width;
}
