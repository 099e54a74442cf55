import * as tf from '@tensorflow/tfjs-core';
import { tree } from '../../src';
import { Failure } from '../shared/failure';
import type { Stored, StoredType } from './safetensors';

const TYPES: Partial<Record<tf.DataType, StoredType>> = { float32: 'F32', int32: 'I32', bool: 'BOOL' };

/** The tensors of a pytree by key path, bit for bit. */
export function storeTree(values: unknown): Map<string, Stored> {
  const leaves = tree.leavesWithPath(values) as [string, tf.Tensor][];
  return new Map(
    leaves.map(([path, t]) => {
      const data = t.dataSync() as Float32Array;
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const dtype = TYPES[t.dtype];
      if (!dtype)
        throw new TypeError(`storeTree: "${path}" is ${t.dtype}, which safetensors files here do not hold.`);
      return [path, { dtype, shape: t.shape, bytes }];
    }),
  );
}

/**
 * A pytree of the structure, shapes and types of `like` with stored values.
 *
 * @throws Failure that names the file and the key path of what is missing, left over, or of another shape
 */
export function restoreTree<T>(like: T, stored: ReadonlyMap<string, Stored>, file: string): T {
  const leaves = tree.leavesWithPath(like) as [string, tf.Tensor][];
  const known = new Set(leaves.map(([path]) => path));
  const extra = [...stored.keys()].find((path) => !known.has(path));
  if (extra !== undefined) throw new Failure(`${file}: the model has no "${extra}".`);
  for (const [path, t] of leaves) {
    const found = stored.get(path);
    if (!found) throw new Failure(`${file}: "${path}" is missing.`);
    const [wanted, got] = [`${TYPES[t.dtype]}[${t.shape}]`, `${found.dtype}[${found.shape}]`];
    if (wanted !== got) throw new Failure(`${file}: "${path}" is ${got}, the model's is ${wanted}.`);
  }
  return tree.mapWithPath((path: string, leaf: unknown) => {
    const { dtype, shape } = leaf as tf.Tensor;
    // Aligned and apart from the file: slice() of a Node Buffer would share its memory.
    const bytes = new Uint8Array(stored.get(path)!.bytes);
    const values =
      dtype === 'float32'
        ? new Float32Array(bytes.buffer)
        : dtype === 'int32'
          ? new Int32Array(bytes.buffer)
          : bytes;
    return tf.tensor(values, shape, dtype);
  }, like) as T;
}
