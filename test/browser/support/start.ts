import * as tf from '@tensorflow/tfjs-core';
import { expectCleanEngine } from '../../support/clean-engine';

interface Data {
  values?: unknown;
  dtype: string;
}

interface Backend {
  readSync(dataId: object): unknown;
  /** The tensors of webgpu, and of webgl. */
  tensorMap?: { get(dataId: object): Data };
  texData?: { get(dataId: object): Data };
}

/** Files share a page, and its backends. */
const guarded = new WeakSet<object>();

/** Starts a backend for a test file. What is on the graphics card can't be read synchronously here: a page should not wait for it. */
export async function start(backendName: string): Promise<void> {
  if (!(await tf.setBackend(backendName))) throw new Error(`The ${backendName} backend did not start.`);
  computeOnDevice(true);
  const backend = tf.backend() as unknown as Backend;
  const tensors = backend.tensorMap ?? backend.texData;
  if (tensors && !guarded.has(backend)) {
    guarded.add(backend);
    const readSync = backend.readSync.bind(backend);
    backend.readSync = (dataId) => {
      const { values, dtype } = tensors.get(dataId);
      if (values == null && dtype !== 'string') throw new Error('a synchronous read from the graphics card');
      return readSync(dataId);
    };
  }
  expectCleanEngine();
}

/** Whether small tensors that have not been on the graphics card go there, instead of being computed in JavaScript. */
export function computeOnDevice(always: boolean): void {
  for (const backend of ['webgpu', 'webgl']) {
    if (tf.getBackend() === backend) tf.env().set(`${backend.toUpperCase()}_CPU_FORWARD`, !always);
  }
}
