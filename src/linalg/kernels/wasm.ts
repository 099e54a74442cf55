import {
  util,
  type KernelConfig,
  type KernelFunc,
  type NamedAttrMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { worksInPlace } from '../../core/inPlace';
import { floatBytes } from '../../wasm/bytes';
import { addressOf, allocate, memoryOf, withRoom } from '../../wasm/memory';
import { addProducts, roomForProducts, rowsAtOnce, type WideRows, type WideTarget } from '../../wasm/wide';

type Inputs = Record<string, TensorInfo | undefined>;

/** A product of rows x `[..., depth, n]` with y, or x itself, in the terms of wide.ts. */
interface Product {
  y?: TensorInfo | undefined;
  yLow?: TensorInfo | undefined;
  high?: TensorInfo | undefined;
  low?: TensorInfo | undefined;
}

/** Columns of x whose sums are computed at a time. */
const columnsAtOnce = 128;

/** Sums of products in the memory of the wasm backend: x^T x, or of rows x x^T, and x^T y, as pairs. */
function products(backend: object, x: TensorInfo, ofRows: boolean, wanted: Product[]): TensorInfo[] {
  const memory = memoryOf(backend)!;
  const lead = x.shape.slice(0, -2);
  const count = util.sizeFromShape(lead);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const [depth, n] = ofRows ? [columns, rows] : [rows, columns];
  const widths = wanted.map(({ y }) => (y ? y.shape.at(-1)! : n));
  const results = widths.map((m) => [0, 1].map(() => allocate(backend, [...lead, n, m], 'float32')));
  const flat = results.flat();
  if (depth === 0 || flat.every(({ shape }) => util.sizeFromShape(shape) === 0)) {
    wanted.forEach(({ high, low }, t) =>
      [high, low].forEach((part, p) => fill(backend, memory, results[t]![p]!, part)),
    );
    return flat;
  }
  const at = (tensor: TensorInfo | undefined, s: number, skipped = 0): number | undefined =>
    tensor &&
    addressOf(backend, tensor) + ((s * util.sizeFromShape(tensor.shape)) / count + skipped) * floatBytes;
  const pairAt = (high: TensorInfo | undefined, low: TensorInfo | undefined, s: number, skipped = 0) =>
    high && { high: at(high, s, skipped)!, low: at(low, s, skipped) };
  // Where a few rows say it all, a part of the sums at a time, which stays in the second cache.
  const part = depth <= rowsAtOnce && wanted.every(({ y }) => y) ? Math.min(n, columnsAtOnce) : n;
  const targetsOf = (s: number, first: number): WideTarget[] =>
    wanted.map(({ y, yLow, high, low }, t) => {
      const skipped = first * widths[t]!;
      const [nearest, rest] = results[t] as [TensorInfo, TensorInfo];
      return {
        ...(y && { y: pairAt(y, yLow, s)! }),
        columns: widths[t]!,
        onto: pairAt(high, low, s, skipped),
        result: { high: at(nearest, s, skipped)!, low: at(rest, s, skipped)! },
      };
    });
  const rowsOf = (s: number, first: number): WideRows => ({
    at: at(x, s, ofRows ? first * depth : first)!,
    depth,
    n: Math.min(part, n - first),
    row: columns,
    transposed: ofRows,
  });
  withRoom(backend, roomForProducts(rowsOf(0, 0), targetsOf(0, 0)), (room) => {
    for (let s = 0; s < count; s++)
      for (let first = 0; first < n; first += part)
        addProducts(memory, rowsOf(s, first), targetsOf(s, first), room);
  });
  return flat;
}

function fill(
  backend: object,
  memory: WebAssembly.Memory,
  to: TensorInfo,
  from: TensorInfo | undefined,
): void {
  const size = util.sizeFromShape(to.shape);
  if (size === 0) return;
  const values = new Float32Array(memory.buffer, addressOf(backend, to), size);
  if (from) values.set(new Float32Array(memory.buffer, addressOf(backend, from), size));
  else values.fill(0);
}

const kernels: Record<string, (backend: object, inputs: Inputs, attrs: NamedAttrMap) => TensorInfo[]> = {
  TractGram: (backend, { x, high, low }, { ofRows }) =>
    products(backend, x!, Boolean(ofRows), [{ high, low }]),
  TractProduct: (backend, { x, y, yLow, high, low }) =>
    products(backend, x!, false, [{ y, yLow, high, low }]),
  TractMoments: (backend, { x, y, gramHigh, gramLow, high, low }) =>
    products(backend, x!, false, [
      { high: gramHigh, low: gramLow },
      { y, high, low },
    ]),
};

/** The kernel computed in the memory of the wasm backend where that can be had, else as given. */
export function inPlace(kernel: KernelConfig): KernelConfig {
  const compute = kernels[kernel.kernelName];
  if (!compute) return kernel;
  const kernelFunc: KernelFunc = (call) => {
    const inputs = call.inputs as Inputs;
    const isFloat = Object.values(inputs).every((input) => input?.dtype === 'float32');
    return isFloat && worksInPlace(kernel.backendName)
      ? compute(call.backend as object, inputs, call.attrs ?? {})
      : kernel.kernelFunc(call);
  };
  return { ...kernel, kernelFunc };
}
