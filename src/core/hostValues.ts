import type { Tensor } from '@tensorflow/tfjs-core';
import { engine } from './engine';

/** Backends that compute on the host, where reading a value waits for nothing. */
const ON_HOST = new Set(['cpu', 'wasm', 'tensorflow']);

export function computesOnHost(backendName: string): boolean {
  return ON_HOST.has(backendName);
}

/** webgpu forgets the values of what it has uploaded. */
const seen = new WeakMap<object, number[]>();

/** A tensor's values, where reading them waits for nothing: on webgpu, those of tensors that have not been on the device when they were first asked for. */
export function valuesAtHand(tensor: Tensor): number[] | undefined {
  const { backend, backendName } = engine();
  if (computesOnHost(backendName)) return Array.from(tensor.dataSync());
  if (backendName !== 'webgpu') return undefined;
  const known = seen.get(tensor.dataId);
  if (known) return known;
  const { tensorMap } = backend as unknown as WebGPUData;
  const values = tensorMap.has(tensor.dataId) ? tensorMap.get(tensor.dataId).values : null;
  if (values) seen.set(tensor.dataId, Array.from(values));
  return seen.get(tensor.dataId);
}

interface WebGPUData {
  readonly tensorMap: {
    has(dataId: object): boolean;
    get(dataId: object): { readonly values: ArrayLike<number> | null | undefined };
  };
}
