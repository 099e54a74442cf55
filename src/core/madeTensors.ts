import type { Tensor } from '@tensorflow/tfjs-core';
import { engine, type Engine } from './engine';

/**
 * Runs a body, watching the tensors that it makes of values on the host, which calls no kernel.
 *
 * @param around called in place of tfjs's maker, with a function that makes the tensor and with its values
 */
export function watchMade<T>(around: (make: () => Tensor, values: unknown) => Tensor, body: () => T): T {
  const eng = engine() as Engine & { makeTensor?: (...args: unknown[]) => Tensor };
  const outer = Object.getOwnPropertyDescriptor(eng, 'makeTensor');
  const make = eng.makeTensor!;
  eng.makeTensor = (...args) => around(() => make.apply(eng, args), args[0]);
  try {
    return body();
  } finally {
    if (outer) Object.defineProperty(eng, 'makeTensor', outer);
    else delete eng.makeTensor;
  }
}
