import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { engine } from '../core/engine';
import type { NodeBackend } from '../core/nodeBackend';
import { provideKernel } from '../core/ownKernels';
import type { Attrs, Named } from '../core/rule';

/** A number, a name, or a list of whole numbers. */
type Value = number | string | readonly number[];

/**
 * Runs one of TensorFlow's ops on float32.
 *
 * @param types names of its attributes that are types
 * @param attrs its other attributes
 */
export type RunOp = (
  op: string,
  inputs: TensorInfo[],
  outputs: number,
  types?: readonly string[],
  attrs?: Readonly<Record<string, Value>>,
) => Tensor[];

/** A kernel of ours on the tensorflow backend, by ops of TensorFlow that tfjs-node has no kernel for. On a GPU some of them keep other values. */
export function provideOnTensorFlow(
  kernelName: string,
  compute: (run: RunOp, inputs: Named<TensorInfo>, attrs: Attrs) => Tensor | Tensor[],
): void {
  provideKernel(kernelName, (backendName) => {
    if (backendName !== 'tensorflow') return undefined;
    if ((engine().registry[backendName] as NodeBackend | undefined)?.isUsingGpuDevice) return undefined;
    return ({ inputs, attrs, backend }) =>
      compute(opsOf(backend as NodeBackend), inputs as Named<TensorInfo>, attrs as Attrs);
  });
}

const opsOf =
  (backend: NodeBackend): RunOp =>
  (op, operands, outputs, types = ['T'], others = {}) => {
    const { binding } = backend;
    const typeOf = (value: Value): number => {
      if (typeof value === 'number') return binding.TF_ATTR_FLOAT;
      return typeof value === 'string' ? binding.TF_ATTR_STRING : binding.TF_ATTR_INT;
    };
    const given = [
      ...types.map((name) => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT })),
      ...Object.entries(others).map(([name, value]) => ({ name, type: typeOf(value), value })),
    ];
    return backend.executeMultipleOutputs(op, given, operands, outputs);
  };
