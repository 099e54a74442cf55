import './seed';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect } from 'vitest';
import { expectCleanEngine } from './clean-engine';
import { startDawn } from './dawn';
import { readByWaiting } from './reads';

await startDawn();
await import('@tensorflow/tfjs-backend-webgpu');
// Small tensors that have not been on the device yet would be computed in JavaScript. Random keys rely on it.
tf.env().set('WEBGPU_CPU_FORWARD', /test.random/.test(expect.getState().testPath ?? ''));
if (!(await tf.setBackend('webgpu'))) {
  throw new Error('The webgpu backend did not start: scripts/setup/webgpu.sh installs what it needs.');
}
readByWaiting(() => {
  if (Object.hasOwn(tf.engine(), 'runKernel'))
    throw new Error('A synchronous read on the way of a transformation: a page would have to wait for it.');
});

// A program that does not compile, or a wrong dispatch, does not throw: later results are stale memory.
const errors: string[] = [];
const { device } = tf.backend() as unknown as { device: GPUDevice };
device.addEventListener('uncapturederror', (event) => errors.push(event.error.message));
afterEach(() => expect(errors.splice(0), 'errors of the WebGPU device').toEqual([]));

expectCleanEngine();
