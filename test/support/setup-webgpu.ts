import './seed';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect } from 'vitest';
import { expectCleanEngine } from './clean-engine';
import { pump, startDawn } from './dawn';

interface WebGPUBackend {
  device: GPUDevice;
  commandEncoder: GPUCommandEncoder | null;
  tensorMap: { get(dataId: object): { values: unknown; dtype: string; resource: GPUBuffer | null } };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  readSync(dataId: object): unknown;
}

await startDawn();
await import('@tensorflow/tfjs-backend-webgpu');
// Small tensors that have not been on the device yet would be computed in JavaScript. Random keys rely on it.
tf.env().set('WEBGPU_CPU_FORWARD', /test.random/.test(expect.getState().testPath ?? ''));
if (!(await tf.setBackend('webgpu'))) {
  throw new Error('The webgpu backend did not start: scripts/setup/webgpu.sh installs what it needs.');
}
const backend = tf.backend() as unknown as WebGPUBackend;

/** What `tfjs` does by means of a canvas. */
function download(buffer: GPUBuffer): ArrayBuffer {
  const { device } = backend;
  const size = buffer.size;
  const staging = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder!.copyBufferToBuffer(buffer, 0, staging, 0, size);
  backend.submitQueue();
  let settled = false;
  void staging.mapAsync(GPUMapMode.READ).then(
    () => {},
    () => (settled = true),
  );
  pump(() => settled || staging.mapState === 'mapped');
  const bytes = staging.getMappedRange().slice(0);
  staging.destroy();
  return bytes;
}

const readByCanvas = backend.readSync.bind(backend);
backend.readSync = (dataId) => {
  const data = backend.tensorMap.get(dataId);
  if (data.values == null && data.dtype !== 'complex64' && data.dtype !== 'string') {
    if (Object.hasOwn(tf.engine(), 'runKernel')) {
      throw new Error('A synchronous read on the way of a transformation: a page would have to wait for it.');
    }
    const bytes = download(data.resource!);
    data.values = tf.util.convertBackendValuesAndArrayBuffer(bytes, data.dtype as tf.DataType);
  }
  return readByCanvas(dataId);
};

// A program that does not compile, or a wrong dispatch, does not throw: later results are stale memory.
const errors: string[] = [];
backend.device.addEventListener('uncapturederror', (event) => errors.push(event.error.message));
afterEach(() => expect(errors.splice(0), 'errors of the WebGPU device').toEqual([]));

expectCleanEngine();
