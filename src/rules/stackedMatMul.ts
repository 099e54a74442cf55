import { getKernel, matMul, registerKernel, util, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { foldedBatch } from './families/batching';
import { bilinear } from './families/bilinear';
import { matMulT } from './families/matMulT';

/** Products of two stacks of matrices, [s, n, k] and [s, k, m]: a kernel of our own for wasm, { a, b } -> [s, n, m]. */
export const STACKED_MAT_MUL = 'StackedMatMul';

// z = a b is bilinear: each operand's cotangent is the other product, transposed.
bilinear(
  STACKED_MAT_MUL,
  {
    a: ({ b, ct }) => matMulT(ct, b!, false, true),
    b: ({ a, ct }) => matMulT(a!, ct, true),
  },
  {
    batch: foldedBatch,
    shape: ({ inputs }) => ({
      shape: [...inputs.a!.shape.slice(0, 2), inputs.b!.shape[2]!],
      dtype: 'float32',
    }),
    polyfill: ({ a, b }: { a: Tensor; b: Tensor }) => matMul(a, b),
  },
);

type ProductOf = (
  ...call: [a: number, shapeA: Uint8Array, rankA: 3, b: number, shapeB: Uint8Array, rankB: 3, 0, 0, z: number]
) => void;

/** Members of the wasm backend that its typings leave out. */
interface Backend {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  dataIdMap: { get(dataId: object): { memoryOffset: number } };
  dataIdNextNumber: number;
  wasm: {
    cwrap(name: string, result: null, parameters: string[]): ProductOf;
    tfjs: {
      registerTensor(id: number, size: number, memoryOffset: number): void;
      disposeData(id: number): void;
    };
  };
}

const PARAMETERS = ['number', 'array', 'number', 'number', 'array', 'number', 'number', 'number', 'number'];
const products = new WeakMap<object, ProductOf>();

function productOf(backend: Backend): ProductOf {
  let product = products.get(backend);
  if (!product) products.set(backend, (product = backend.wasm.cwrap('BatchMatMul', null, PARAMETERS)));
  return product;
}

/*
 * The wasm backend takes its fast path only for one product of two matrices, and is 6 to 12 times slower at a stack of them: here each pair of
 * matrices is registered as tensors of their own, in place, and multiplied by that path.
 */
function stackedMatMul(a: TensorInfo, b: TensorInfo, backend: Backend): TensorInfo {
  if (!backend.wasm?.tfjs?.registerTensor) {
    const call = { inputs: { a, b }, attrs: { transposeA: false, transposeB: false }, backend };
    return getKernel('BatchMatMul', 'wasm')!.kernelFunc(call as never) as TensorInfo;
  }
  const [count, n, k] = a.shape as [number, number, number];
  const m = b.shape[2]!;
  const z = backend.makeOutput([count, n, m], 'float32');
  const product = productOf(backend);
  const { tfjs } = backend.wasm;
  const placeOf = ({ dataId }: TensorInfo): number => backend.dataIdMap.get(dataId).memoryOffset;
  const [fromA, fromB, toZ] = [placeOf(a), placeOf(b), placeOf(z)];
  const matrix = (start: number, index: number, size: number): number => {
    const id = backend.dataIdNextNumber++;
    tfjs.registerTensor(id, size, start + index * size * util.bytesPerElement('float32'));
    return id;
  };
  const shapeA = new Uint8Array(Int32Array.of(1, n, k).buffer);
  const shapeB = new Uint8Array(Int32Array.of(1, k, m).buffer);
  for (let i = 0; i < count; i++) {
    const [left, right, result] = [
      matrix(fromA, i, n * k),
      matrix(fromB, i, k * m),
      matrix(toZ, i, n * m),
    ] as const;
    product(left, shapeA, 3, right, shapeB, 3, 0, 0, result);
    for (const id of [left, right, result]) tfjs.disposeData(id);
  }
  return z;
}

if (!getKernel(STACKED_MAT_MUL, 'wasm')) {
  registerKernel({
    kernelName: STACKED_MAT_MUL,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) =>
      stackedMatMul(inputs.a as TensorInfo, inputs.b as TensorInfo, backend as Backend),
  });
}
