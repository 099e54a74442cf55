import { clone, type Tensor } from '@tensorflow/tfjs-core';
import { engine } from './engine';
import type { Tracer } from './tracer';
import { readerOf } from './variables';

/** A backend that counts who holds data. */
interface CountingBackend {
  incRef?(dataId: object): void;
}

/**
 * Another tensor of the same data, as `clone` makes one, without the cost of an op. On wasm a clone copies the data, too. Where somebody
 * has to see the op, a transformation or a native tape, it is `clone`.
 */
export function share(tensor: Tensor): Tensor {
  return shared(tensor) ?? clone(tensor);
}

/** The same where nobody has to see an op; undefined elsewhere. */
export function shared(tensor: Tensor): Tensor | undefined {
  const eng = engine();
  const { isDisposed, shape, dtype } = tensor;
  const isSeen = (tensor as Tracer).trace !== undefined || eng.isTapeOn() || readerOf(tensor) !== undefined;
  if (isSeen || isDisposed || dtype === 'string' || dtype === 'complex64') return undefined;
  // A tracer has none.
  const { dataId } = tensor;
  const home = eng.state.tensorInfo.get(dataId)?.backend as CountingBackend | undefined;
  if (home?.incRef === undefined || home !== eng.backendInstance) return undefined;
  home.incRef(dataId);
  return eng.makeTensorFromTensorInfo({ dataId, shape, dtype });
}
