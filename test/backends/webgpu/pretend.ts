import * as tf from '@tensorflow/tfjs-core';

/** Makes the library take the device for that of a vendor's card, until what this returns is called. */
export function pretend(vendor: string): () => void {
  const { device } = tf.backend() as unknown as { device: { adapterInfo: object } };
  const real = device.adapterInfo;
  const define = (value: object): object =>
    Object.defineProperty(device, 'adapterInfo', { value, configurable: true });
  define({ vendor });
  return () => void define(real);
}
