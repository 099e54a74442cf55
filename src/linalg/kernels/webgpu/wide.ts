import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { factorRidge } from './pairCholesky';
import { partOf, substitutePairs } from './pairSubstitution';
import { sumOfProducts } from './products';
import { asStack, empty, isEmpty, type Stack, type WebGPUBackend } from './program';

type Inputs = Record<string, TensorInfo | undefined>;
type Compute = (backend: WebGPUBackend, inputs: Inputs, attrs: NamedAttrMap) => TensorInfo[];

const stackOf = (t: TensorInfo | undefined): Stack | undefined => t && asStack(t);
const ontoOf = (high: TensorInfo | undefined, low: TensorInfo | undefined): [Stack, Stack] | undefined =>
  high && low && [asStack(high), asStack(low)];

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

const gram = (backend: WebGPUBackend, x: TensorInfo, transposed: boolean, onto?: [Stack, Stack]) => {
  const n = x.shape.at(transposed ? -2 : -1)!;
  return pair(backend, like(x, n, n), () => sumOfProducts(backend, { x: asStack(x), transposed }, onto));
};

const product = (backend: WebGPUBackend, { x, y, yLow, high, low }: Inputs) =>
  pair(backend, like(x!, x!.shape.at(-1)!, y!.shape.at(-1)!), () => {
    const factors = { x: asStack(x!), y: asStack(y!), yLow: stackOf(yLow) };
    return sumOfProducts(backend, factors, ontoOf(high, low));
  });

const compute: Record<string, Compute> = {
  TractGram: (backend, { x, high, low }, { ofRows }) => gram(backend, x!, Boolean(ofRows), ontoOf(high, low)),

  TractProduct: (backend, inputs) => product(backend, inputs),

  TractMoments: (backend, { x, y, gramHigh, gramLow, high, low }) => [
    ...gram(backend, x!, false, ontoOf(gramHigh, gramLow)),
    ...product(backend, { x, y, high, low }),
  ],

  // (G / rows + lambda I) x = y is (G + rows lambda I) x = rows y.
  TractRidgeSolve: (backend, { high, low, lambda, y, yLow }, { rows, wide }) => {
    const parts = wide ? [false, true] : [false];
    const { shape, dtype } = y!;
    if (isEmpty(y!)) return parts.map(() => empty(backend, shape));
    const [h, l] = [asStack(high!), asStack(low!)];
    const count = lambda!.shape.reduce((product, size) => product * size, 1);
    const ridge: Stack = { ...lambda!, shape: [1, 1, count] };
    const factor = factorRidge(backend, h, l, rows as number, ridge);
    const x = substitutePairs(backend, factor, asStack(y!), stackOf(yLow));
    const outputs = parts.map((isLow) => partOf(backend, x, rows as number, isLow));
    for (const { dataId } of [factor, x]) backend.disposeData(dataId);
    return outputs.map(({ dataId }) => ({ dataId, shape, dtype }));
  },
};

/** The kernels of ../../wide.ts as compute shaders, in pairs of float32. Nothing is read back. */
export const wideWebGPUKernels: KernelConfig[] = Object.entries(compute).map(([kernelName, run]) => ({
  kernelName,
  backendName: 'webgpu',
  kernelFunc: ({ inputs, attrs, backend }) => run(backend as WebGPUBackend, inputs as Inputs, attrs ?? {}),
}));
