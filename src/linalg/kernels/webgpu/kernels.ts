import { getKernel, type KernelConfig, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import { factorCholesky, finishCholesky } from './cholesky';
import { factorLU } from './lu';
import { asStack, empty, isEmpty, type Stack, type WebGPUBackend } from './program';
import { everything, refined, triangle } from './refine';
import { substitute, type Pass } from './substitution';

type Inputs = Record<string, TensorInfo>;
/** A kernel as compute shaders. Nothing is read back. */
export type WebGPUCompute = (
  backend: WebGPUBackend,
  inputs: Inputs,
  attrs: NamedAttrMap,
) => TensorInfo | TensorInfo[];

const shaped = ({ dataId, dtype }: TensorInfo, shape: number[]): TensorInfo => ({ dataId, shape, dtype });

const lowerPass: Pass = { lower: true, transpose: false, unitDiagonal: false };
const eliminationPasses: Pass[] = [
  { ...lowerPass, unitDiagonal: true },
  { ...lowerPass, lower: false },
];

/** Steps of refinement: at condition 1e5 two reach the rounding of float32. */
const steps = 2;

export const cholesky: WebGPUCompute = (backend, { a }) => {
  if (isEmpty(a!)) return empty(backend, a!.shape);
  const stack = asStack(a!);
  const l = factorCholesky(backend, stack);
  return shaped(finishCholesky(backend, l, stack.shape), a!.shape);
};

export const triangularSolve: WebGPUCompute = (backend, { a, b }, { lower, transpose, unitDiagonal }) => {
  if (isEmpty(b!)) return empty(backend, b!.shape);
  const pass = {
    lower: Boolean(lower),
    transpose: Boolean(transpose),
    unitDiagonal: Boolean(unitDiagonal),
  };
  const matrix = asStack(a!);
  const solve = (right: Stack): TensorInfo => substitute(backend, matrix, right, [pass]);
  return shaped(
    refined(backend, matrix, asStack(b!), solve, { reading: triangle(pass), steps: 1 }),
    b!.shape,
  );
};

export const solve: WebGPUCompute = (backend, { a, b }) => {
  if (isEmpty(b!)) return empty(backend, b!.shape);
  const matrix = asStack(a!);
  const lu = factorLU(backend, matrix);
  const solve = (right: Stack): TensorInfo => substitute(backend, lu, right, eliminationPasses, true);
  const x = refined(backend, matrix, asStack(b!), solve, { reading: everything, steps });
  backend.disposeData(lu.dataId);
  return shaped(x, b!.shape);
};

export const onWebGPU = (kernelName: string, run: WebGPUCompute): KernelConfig => ({
  kernelName,
  backendName: 'webgpu',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const device = backend as WebGPUBackend;
    const { floats, made } = asFloats(backend as WebGPUBackend & Buffers, inputs as Inputs);
    try {
      return run(device, floats, attrs ?? {});
    } finally {
      for (const dataId of made) device.disposeData(dataId);
    }
  },
});

/** What buffers hold, which a tensor's own type need not be. */
interface Buffers {
  readonly tensorMap: { get(dataId: object): { readonly dtype: string } };
}

/** Shaders here read floats, but tf.cast from integers and truths leaves the buffer as it is: those are computed anew. */
function asFloats(backend: WebGPUBackend & Buffers, inputs: Inputs): { floats: Inputs; made: object[] } {
  const made: object[] = [];
  const floats = Object.entries(inputs).map(([name, input]): [string, TensorInfo] => {
    if (!input || backend.tensorMap.get(input.dataId).dtype === 'float32') return [name, input];
    const one = backend.makeTensorInfo([], 'float32', new Float32Array([1]));
    const multiply = getKernel('Multiply', 'webgpu')!.kernelFunc;
    const float = multiply({ inputs: { a: input, b: one }, backend, attrs: {} }) as TensorInfo;
    made.push(one.dataId, float.dataId);
    return [name, float];
  });
  return { floats: Object.fromEntries(floats), made };
}
