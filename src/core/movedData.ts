import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { engine } from './engine';

/** Whether kernels of the backend go by the shape that the data has there, not by the tensor's. */
export const goesByShapeOfData = (backendName: string): boolean => backendName === 'tensorflow';

/**
 * Whether such a backend takes a tensor for one of another shape. Data that moves from another backend is handed over in the shape in which it was
 * first written, though the tensor may be a reshape (https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/engine.ts, `moveData`).
 *
 * @param tensor undefined where an input of a kernel is absent
 */
export function isMisshapen<T extends TensorInfo>(tensor: T | undefined): tensor is T {
  const written = tensor && engine().state.tensorInfo.get(tensor.dataId)?.shape;
  return written !== undefined && !util.arraysEqual(tensor!.shape, written);
}
