import { getKernel, registerKernel, util, type TensorInfo, type TypedArray } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { gatheredShape, gatherLayout, type Layout } from './layout';

/** GatherV2, where JavaScript reads the indices at once: { x, indices } -> y. */
export const GATHER_ROWS = 'GatherRows';

interface Backend {
  readSync(dataId: object): TypedArray;
  write(values: TypedArray, shape: number[], dtype: string): object;
  disposeData(dataId: object): void;
}

interface Call {
  inputs: { x: TensorInfo; indices: TensorInfo };
  attrs: Attrs;
  backend: Backend;
}

type Take = (call: Call, places: Int32Array, inner: number) => TensorInfo;

const takers: Record<string, Take> = { cpu: copyRows, wasm: gatherSlices };

/**
 * Makes the kernel known for cpu and wasm, whose own move element by element, 10 to 100 times slower (tfjs 4.22: 4096 rows of 64
 * in 25 ms on wasm), and on wasm with wrong indices for all but the first of several batches.
 */
export function registerGatherKernel(backendName: string): void {
  const take = takers[backendName];
  if (!take || getKernel(GATHER_ROWS, backendName)) return;
  registerKernel({
    kernelName: GATHER_ROWS,
    backendName,
    kernelFunc: (call) => gather(call as unknown as Call, take),
  });
}

function gather(call: Call, take: Take): TensorInfo {
  const { inputs, attrs, backend } = call;
  const { x, indices } = inputs;
  const layout = gatherLayout(x, indices, attrs);
  const places = placesOf(backend.readSync(indices.dataId), layout);
  const shape = gatheredShape(x, indices, attrs);
  if (util.sizeFromShape(shape) > 0) return { ...take(call, places, layout.inner), shape };
  const none = util.getTypedArrayFromDType(x.dtype as 'float32', 0);
  return { dataId: backend.write(none, shape, x.dtype), shape, dtype: x.dtype };
}

/** Places of the rows in the flattened `[lead outer n]`. */
function placesOf(indices: TypedArray, { lead, outer, n }: Layout): Int32Array {
  for (const index of indices) {
    if (index < 0 || index >= n)
      throw new RangeError(`GatherV2: the index value ${index} is not in [0, ${n - 1}]`);
  }
  const count = lead === 0 ? 0 : indices.length / lead;
  const places = new Int32Array(lead * outer * count);
  let at = 0;
  for (let row = 0; row < lead * outer; row++) {
    const from = Math.floor(row / outer) * count;
    for (let i = 0; i < count; i++) places[at++] = row * n + indices[from + i]!;
  }
  return places;
}

function copyRows({ inputs: { x }, backend }: Call, places: Int32Array, inner: number): TensorInfo {
  const from = backend.readSync(x.dataId);
  const y = util.getTypedArrayFromDType(x.dtype as 'float32', places.length * inner);
  if (inner === 1) for (let i = 0; i < places.length; i++) y[i] = from[places[i]!]!;
  else places.forEach((place, i) => y.set(from.subarray(place * inner, (place + 1) * inner), i * inner));
  return { dataId: backend.write(y, [places.length, inner], x.dtype), shape: [], dtype: x.dtype };
}

/** By wasm's GatherNd, which moves whole slices but checks no index. */
function gatherSlices({ inputs: { x }, backend }: Call, places: Int32Array, inner: number): TensorInfo {
  const shape = [places.length, 1];
  const indices: TensorInfo = { dataId: backend.write(places, shape, 'int32'), shape, dtype: 'int32' };
  const params: TensorInfo = { ...x, shape: [util.sizeFromShape(x.shape) / inner, inner] };
  const run = getKernel('GatherNd', 'wasm').kernelFunc;
  const y = run({ inputs: { params, indices } as never, attrs: {}, backend }) as TensorInfo;
  backend.disposeData(indices.dataId);
  return y;
}
