import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs-core';

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
  binding: Readonly<
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
    tensorDataSync(id: number): ArrayBufferView;
    executeOp(op: string, attrs: readonly OpAttr[], ids: readonly number[], outputs: number): Handle[];
    deleteTensor(id: number): void;
    loadSavedModel(folder: string, tags: string): number;
    /** Names are joined by commas. */
    runSavedModel(model: number, ids: readonly number[], inputs: string, outputs: string): Handle[];
    deleteSavedModel(model: number): void;
  };
  readonly isUsingGpuDevice: boolean;
  getDTypeInteger(dtype: DataType): number;
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
