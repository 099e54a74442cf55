import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect } from 'vitest';
import { readBy, type Download } from './reads';
import { limitRuns } from './runs';

/** Backends that are ready for tests: files that share a page share one. */
const prepared = new WeakSet<object>();
const errors: string[] = [];

/** Starts the webgpu backend for the tests of a file, with a way to read tensors by `dataSync`. */
export async function startWebGPU(downloadOf: (device: GPUDevice) => Download): Promise<void> {
  // Small tensors that have not been on the device yet would be computed in JavaScript. Random keys rely on it.
  tf.env().set('WEBGPU_CPU_FORWARD', /test.random/.test(expect.getState().testPath ?? ''));
  if (!(await tf.setBackend('webgpu'))) {
    throw new Error('The webgpu backend did not start: scripts/setup/webgpu.sh installs what it needs.');
  }
  limitRuns();
  const backend = tf.backend() as unknown as { device: GPUDevice };
  if (!prepared.has(backend)) {
    prepared.add(backend);
    readBy(downloadOf, () => {
      if (Object.hasOwn(tf.engine(), 'runKernel'))
        throw new Error(
          'A synchronous read on the way of a transformation: a page would have to wait for it.',
        );
    });
    backend.device.addEventListener('uncapturederror', (event) => errors.push(event.error.message));
  }
  // A program that does not compile, or a wrong dispatch, does not throw: later results are stale memory. What is wrong arrives before the end.
  afterEach(async () => {
    await backend.device.queue.onSubmittedWorkDone();
    expect(errors.splice(0), 'errors of the WebGPU device').toEqual([]);
  });
}
