import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { engine } from './engine';

/** Backends whose kernels go by the shape that the data has with them, not by the tensor's. */
const BY_SHAPE_OF_DATA = new Set(['tensorflow']);

export function goesByShapeOfData(backendName: string): boolean {
  return BY_SHAPE_OF_DATA.has(backendName);
}

/**
 * Whether such a backend takes a tensor for one of another shape. Data that moves from another backend is handed over in the shape in which it was
 * first written, though the tensor may be a reshape (https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/engine.ts, `moveData`).
 */
export function isMisshapen({ dataId, shape }: TensorInfo): boolean {
  const written = engine().state.tensorInfo.get(dataId)?.shape;
  return written !== undefined && !util.arraysEqual(written, shape);
}
