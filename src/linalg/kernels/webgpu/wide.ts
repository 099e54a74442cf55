import { getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { empty, type WebGPUBackend } from '../../../core/webgpu';
import { asStack, type Stack } from '../stack';
import type { WebGPUCompute } from './kernel';
import { sumOfProducts } from './products';
import { isEmpty } from './program';
import { solveRidge } from './ridgeSolve';

/*
 * The kernels of ../../wide.ts as compute shaders, in pairs of float32.
 */

const stackOf = (t: TensorInfo | undefined): Stack | undefined => t && asStack(t);
const ontoOf = (high: TensorInfo | undefined, low: TensorInfo | undefined): [Stack, Stack] | undefined =>
  high && low && [asStack(high), asStack(low)];

/** Rows as columns. */
const transposed = (backend: WebGPUBackend, x: Stack): TensorInfo =>
  getKernel('Transpose', 'webgpu')!.kernelFunc({
    inputs: { x },
    backend,
    attrs: { perm: [0, 2, 1] },
  }) as TensorInfo;

/** A pair of outputs of this shape, or nothing to compute. */
function pair(
  backend: WebGPUBackend,
  shape: number[],
  compute: () => [TensorInfo, TensorInfo],
): TensorInfo[] {
  if (shape.includes(0)) return [empty(backend, shape), empty(backend, shape)];
  return compute().map(({ dataId, dtype }) => ({ dataId, shape, dtype }));
}

const like = ({ shape }: TensorInfo, n: number, m: number): number[] => [...shape.slice(0, -2), n, m];

const gramOf = (backend: WebGPUBackend, x: TensorInfo, onto?: [Stack, Stack]): TensorInfo[] => {
  const n = x.shape.at(-1)!;
  return pair(backend, like(x, n, n), () => sumOfProducts(backend, { x: asStack(x) }, onto));
};

export const gram: WebGPUCompute = (backend, { x, high, low }, { ofRows }) => {
  if (!ofRows) return gramOf(backend, x!, ontoOf(high, low));
  const columns = transposed(backend, asStack(x!));
  const sums = gramOf(backend, { ...columns, shape: like(x!, x!.shape.at(-1)!, x!.shape.at(-2)!) });
  backend.disposeData(columns.dataId);
  return sums;
};

export const product: WebGPUCompute = (backend, { x, y, yLow, high, low }) =>
  pair(backend, like(x!, x!.shape.at(-1)!, y!.shape.at(-1)!), () => {
    const factors = { x: asStack(x!), y: asStack(y!), yLow: stackOf(yLow) };
    return sumOfProducts(backend, factors, ontoOf(high, low));
  });

export const moments: WebGPUCompute = (backend, { x, y, gramHigh, gramLow, high, low }, attrs) =>
  gramOf(backend, x!, ontoOf(gramHigh, gramLow)).concat(
    product(backend, { x: x!, y: y!, ...(high && { high, low: low! }) }, attrs),
  );

export const ridgeSolve: WebGPUCompute = (backend, { high, low, lambda, y, yLow }, { rows, wide }) => {
  const { shape, dtype } = y!;
  if (isEmpty(y!)) return (wide ? [0, 1] : [0]).map(() => empty(backend, shape));
  const count = lambda!.shape.reduce((product, size) => product * size, 1);
  const ridge = {
    high: asStack(high!),
    low: asStack(low!),
    rows: rows as number,
    lambda: { ...lambda!, shape: [1, 1, count] } satisfies Stack,
  };
  return solveRidge(backend, ridge, asStack(y!), stackOf(yLow), Boolean(wide)).map(({ dataId }) => ({
    dataId,
    shape,
    dtype,
  }));
};
