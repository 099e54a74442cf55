import { getBackend } from '@tensorflow/tfjs-core';
import type { RuleCase } from './case';

/** What kernels of tfjs (4.22) can't do on a graphics card, and nothing stands for: by kernel, or by kernel and case. */
const LACKING = 'there is no such kernel';
const READS = 'the kernel reads its input synchronously';
const WRONG = 'the kernel is wrong';
const EMPTY = 'Dawn makes no empty buffers, which tfjs asks it for';
const COMPLEX = 'complex tensors lose their shape';

const unlike: Partial<Record<string, Record<string, string>>> = {
  webgpu: {
    Bincount: 'the kernel with weights does not compile',
    DenseBincount: 'the kernel with weights does not compile',
    Dilation2DBackpropFilter: WRONG,
    Dilation2DBackpropInput: WRONG,
    'FFT: of [3]': COMPLEX,
    'FFT: of [4]': COMPLEX,
    'IFFT: of [3]': COMPLEX,
    'IFFT: of [4]': COMPLEX,
    MaxPool3D: 'MaxPool3DGrad is wrong',
    MaxPool3DGrad: WRONG,
    'Pack: complex': COMPLEX,
    'Pack: of empty ones': EMPTY,
    RaggedGather: LACKING,
    RaggedRange: LACKING,
    RaggedTensorToTensor: LACKING,
    'Reshape: empty': EMPTY,
    'Slice: nothing': EMPTY,
    SparseFillEmptyRows: LACKING,
    SparseReshape: LACKING,
    SparseSegmentMean: READS,
    SparseSegmentSum: READS,
    'SplitV: an empty part': EMPTY,
    'Tile: not at all': EMPTY,
    'Transpose: empty': EMPTY,
    Unique: LACKING,
  },
  webgl: {
    Bincount: READS,
    DenseBincount: READS,
    'Pack: complex': 'its shader does not compile',
    TopK: READS,
  },
};

/** The cases that the backend in use can compute; on the others all of them have to. */
export function computable(cases: RuleCase[]): RuleCase[] {
  const reasons = unlike[getBackend()] ?? {};
  return cases.filter(({ kernel, name }) => !reasons[kernel] && !reasons[`${kernel}: ${name}`]);
}
