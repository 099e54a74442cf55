import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';

/** A tensor of TensorFlow's, of any of its types. */
export interface Handle {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

export interface OpAttr {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[];
}

/** Members of tfjs-node's backend that its own kernels use too. */
export interface NodeBackend {
  readonly binding: Readonly<
    Record<
      | 'TF_ATTR_TYPE'
      | 'TF_ATTR_BOOL'
      | 'TF_ATTR_INT'
      | 'TF_ATTR_FLOAT'
      | 'TF_ATTR_STRING'
      | 'TF_ATTR_SHAPE'
      | 'TF_FLOAT',
      number
    >
  > & {
    createTensor(shape: readonly number[], dtype: number, values: Int32Array | Float32Array): number;
    executeOp(op: string, attrs: readonly OpAttr[], ids: readonly number[], outputs: number): Handle[];
    deleteTensor(id: number): void;
  };
  readonly isUsingGpuDevice: boolean;
  getInputTensorIds(inputs: TensorInfo[]): number[];
  createOutputTensor(handle: Handle): TensorInfo;
  executeMultipleOutputs(
    op: string,
    attrs: readonly OpAttr[],
    inputs: TensorInfo[],
    outputs: number,
  ): Tensor[];
  readSync(dataId: object): Float32Array;
}
