import { getKernel, registerKernel, util, type TensorInfo, type TypedArray } from '@tensorflow/tfjs-core';
import { provideInWorkspace } from '../../core/inPlace';
import type { Attrs, Aval, Named } from '../../core/rule';
import { canWorkIn } from '../../wasm/blocks';
import { floatBytes } from '../../wasm/bytes';
import { halvingIn } from '../../wasm/halving';
import { addressOf, allocate, memoryOf } from '../../wasm/memory';
import { poolAxes, type Axis } from '../convolution/geometry';
import { isHalving, scatterHalves } from './halving';
import { MAX_POOL_SCATTER, MAX_POOL_SELECT } from './primitives';

/*
 * Kernels for the backends whose memory JavaScript reads at once. cpu's own MaxPoolGrad takes ten times as long; wasm's goes astray
 * in windows without a positive entry: see polyfills.ts.
 */

interface Backend {
  readSync(dataId: object): TypedArray;
  write(values: TypedArray, shape: number[], dtype: 'float32'): object;
}

interface Call {
  inputs: Record<string, TensorInfo>;
  attrs: Attrs;
  backend: Backend;
}

/** Makes the two kernels known for cpu and wasm; no backend needs to be loaded. */
export function registerMaxPoolKernels(): void {
  for (const backendName of ['cpu', 'wasm']) {
    if (getKernel(MAX_POOL_SELECT, backendName)) continue;
    registerKernel({
      kernelName: MAX_POOL_SELECT,
      backendName,
      kernelFunc: (call) => select(call as unknown as Call),
    });
    registerKernel({
      kernelName: MAX_POOL_SCATTER,
      backendName,
      kernelFunc: (call) => scatter(call as unknown as Call),
    });
  }
}

function select({ inputs, attrs, backend }: Call): TensorInfo {
  const { v, x } = inputs as { v: TensorInfo; x: TensorInfo };
  const axes = poolAxes(x.shape, attrs);
  const places = maxima(backend.readSync(x.dataId), x.shape, axes);
  const from = backend.readSync(v.dataId);
  const y = new Float32Array(places.length);
  for (let i = 0; i < y.length; i++) y[i] = from[places[i]!]!;
  return output(backend, y, [x.shape[0]!, ...axes.map(({ out }) => out), x.shape.at(-1)!]);
}

function scatter({ inputs, attrs, backend }: Call): TensorInfo {
  const { dy, x } = inputs as { dy: TensorInfo; x: TensorInfo };
  const axes = poolAxes(x.shape, attrs);
  if (halves({ x }, attrs) && canWorkIn(backend)) return scatterInPlace(x, dy, halvesOf(x.shape), backend);
  const [values, from] = [backend.readSync(x.dataId), backend.readSync(dy.dataId)];
  if (isHalving(axes)) {
    return output(backend, scatterHalves(values, from, halvesOf(x.shape)), x.shape);
  }
  const places = maxima(values, x.shape, axes);
  const dx = new Float32Array(util.sizeFromShape(x.shape));
  for (let i = 0; i < places.length; i++) dx[places[i]!]! += from[i]!;
  return output(backend, dx, x.shape);
}

function scatterInPlace(
  x: TensorInfo,
  dy: TensorInfo,
  [rows, columns, channels]: [number, number, number],
  backend: object,
): TensorInfo {
  const dx = allocate(backend, x.shape, 'float32');
  const [toDx, fromX, fromDy] = [dx, x, dy].map((t) => addressOf(backend, t)) as [number, number, number];
  halvingIn(memoryOf(backend)!).scatterHalves(toDx, fromX, fromDy, rows, columns, channels * floatBytes);
  return dx;
}

/** Windows of 2 x 2, of channels in fours. */
const halves = ({ x }: Named<Aval>, attrs: Attrs): boolean =>
  x!.shape.length === 4 &&
  !x!.shape.includes(0) &&
  x!.shape[3]! % 4 === 0 &&
  isHalving(poolAxes(x!.shape, attrs));

function halved(
  x: TensorInfo,
  [rows, columns, channels]: [number, number, number],
  space: object,
): TensorInfo {
  const y = allocate(space, [x.shape[0]!, rows / x.shape[0]!, columns, channels], 'float32');
  halvingIn(memoryOf(space)!).maxHalves(
    addressOf(space, y),
    addressOf(space, x),
    rows,
    columns,
    channels * floatBytes,
  );
  return y;
}

const halvesOf = ([n, h, w, c]: readonly number[]): [number, number, number] => [(n! * h!) / 2, w! / 2, c!];

provideInWorkspace('MaxPool', {
  compute: ({ x }, _, space) => halved(x!, halvesOf(x!.shape), space),
  takes: halves,
});
provideInWorkspace(MAX_POOL_SCATTER, {
  compute: ({ x, dy }, _, space) => scatterInPlace(x!, dy!, halvesOf(x!.shape), space),
  takes: halves,
});

function output(backend: Backend, values: Float32Array, shape: number[]): TensorInfo {
  return { dataId: backend.write(values, shape, 'float32'), shape, dtype: 'float32' };
}

const SINGLE: Axis = { size: 1, out: 1, taps: 1, stride: 1, dilation: 1, before: 0 };

/** For each output the place in x of its window's maximum, the first of equals. */
function maxima(x: TypedArray, shape: number[], axes: Axis[]): Int32Array {
  const [depth, height, width] = (axes.length === 2 ? [SINGLE, ...axes] : axes) as [Axis, Axis, Axis];
  const channels = shape.at(-1)!;
  const places = new Int32Array(shape[0]! * depth.out * height.out * width.out * channels);
  const best = new Float32Array(channels);
  let at = 0;
  for (let n = 0; n < shape[0]!; n++) {
    for (let d = 0; d < depth.out; d++) {
      const [d0, d1] = window(depth, d);
      for (let h = 0; h < height.out; h++) {
        const [h0, h1] = window(height, h);
        for (let w = 0; w < width.out; w++) {
          const [w0, w1] = window(width, w);
          let isFirst = true;
          for (let i = d0; i < d1; i++) {
            for (let j = h0; j < h1; j++) {
              let from = (((n * depth.size + i) * height.size + j) * width.size + w0) * channels;
              for (let k = w0; k < w1; k++) {
                for (let c = 0; c < channels; c++, from++) {
                  const value = x[from]!;
                  if (isFirst || value > best[c]!) {
                    best[c] = value;
                    places[at + c] = from;
                  }
                }
                isFirst = false;
              }
            }
          }
          at += channels;
        }
      }
    }
  }
  return places;
}

/** The part of a window that lies within the image. */
function window({ size, taps, stride, before }: Axis, p: number): [number, number] {
  const start = p * stride - before;
  return [Math.max(start, 0), Math.min(start + taps, size)];
}
