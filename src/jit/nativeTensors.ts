import { Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { engine } from '../core/engine';
import type { KernelFunc } from './device';

/*
 * The kernels of tfjs-node take and give tensors that the engine knows, where those of other backends make do with bare descriptions: they
 * call public ops on their inputs, and return what executeSingleOutput has made a tensor of
 * (https://github.com/tensorflow/tfjs/blob/master/tfjs-node/src/nodejs_kernel_backend.ts, "TODO(yassogba)").
 */

/** A backend that counts who holds data. */
interface CountingBackend {
  incRef(dataId: object): void;
}

/** Such a kernel, on bare descriptions like the others. */
export function onDescriptions(kernel: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const given = inputs as Record<string, TensorInfo | undefined> | TensorInfo[];
    const tensors = Array.isArray(given)
      ? given.map(described)
      : Object.fromEntries(Object.entries(given).map(([name, input]) => [name, input && described(input)]));
    // An output may have the data of an input that somebody else's tensor has too.
    const { tensorInfo } = engine().state;
    const known = Object.values(given).filter((input) => input && tensorInfo.has(input.dataId));
    const bare = (output: TensorInfo): TensorInfo =>
      undescribed(
        output,
        backend,
        known.some((input) => input!.dataId === output.dataId),
      );
    const result = kernel({ inputs: tensors, attrs, backend });
    return Array.isArray(result) ? result.map(bare) : bare(result);
  };
}

/** A tensor of the data that the engine does not count. */
function described(info: TensorInfo): TensorInfo {
  if (info instanceof Tensor) return info;
  const { shape, dtype, dataId } = info;
  // Younger than any, so that no function seems to close over it.
  return new Tensor(shape, dtype, dataId, Infinity) as TensorInfo;
}

/** The engine forgets the tensor, and the data stays. */
function undescribed(output: TensorInfo, backend: object, isKnown: boolean): TensorInfo {
  if (!isTensor(output)) return output;
  const { shape, dtype, dataId } = output;
  (backend as CountingBackend).incRef(dataId);
  output.dispose();
  if (!isKnown) engine().removeDataId(dataId, backend);
  return { shape, dtype, dataId };
}

/** Of whichever copy of tfjs-core the backend uses. */
function isTensor(info: TensorInfo): info is Tensor {
  return typeof (info as Tensor).dispose === 'function';
}
