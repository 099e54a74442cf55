import { getKernel, registerKernel, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { engine } from '../core/engine';
import { provideKernels } from '../core/ownKernels';
import type { Attrs, Named } from '../core/rule';

/** Members of tfjs-node's backend that its own kernels use too. */
interface NodeBackend {
  readonly binding: Readonly<Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_FLOAT', number>>;
  readonly isUsingGpuDevice: boolean;
  executeMultipleOutputs(op: string, attrs: object[], inputs: TensorInfo[], outputs: number): Tensor[];
}

/**
 * Runs one of TensorFlow's ops on float32.
 *
 * @param types names of its attributes that are types
 * @param floats its attributes that are numbers
 */
export type RunOp = (
  op: string,
  inputs: TensorInfo[],
  outputs: number,
  types?: readonly string[],
  floats?: Readonly<Record<string, number>>,
) => Tensor[];

/** A kernel of ours on the tensorflow backend, by ops of TensorFlow that tfjs-node has no kernel for. On a GPU some of them keep other values. */
export function provideOnTensorFlow(
  kernelName: string,
  compute: (run: RunOp, inputs: Named<TensorInfo>, attrs: Attrs) => Tensor | Tensor[],
): void {
  provideKernels((backendName) => {
    if (backendName !== 'tensorflow' || getKernel(kernelName, backendName)) return;
    if ((engine().registry[backendName] as NodeBackend | undefined)?.isUsingGpuDevice) return;
    registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        compute(
          (op, operands, outputs, types = ['T'], floats = {}) => {
            const { binding } = backend as NodeBackend;
            return (backend as NodeBackend).executeMultipleOutputs(
              op,
              [
                ...types.map((name) => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT })),
                ...Object.entries(floats).map(([name, value]) => ({
                  name,
                  type: binding.TF_ATTR_FLOAT,
                  value,
                })),
              ],
              operands,
              outputs,
            );
          },
          inputs as Named<TensorInfo>,
          attrs as Attrs,
        ),
    });
  });
}
