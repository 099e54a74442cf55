import * as tf from '@tensorflow/tfjs-core';
import { pump } from './dawn';

interface WebGPUBackend {
  device: GPUDevice;
  commandEncoder: GPUCommandEncoder | null;
  tensorMap: { get(dataId: object): { values: unknown; dtype: string; resource: GPUBuffer | null } };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  readSync(dataId: object): unknown;
}

/**
 * Lets `dataSync` of the webgpu backend wait for Dawn, where tfjs would draw on a canvas.
 *
 * @param before is called before each read of what is on the device
 */
export function readByWaiting(before: () => void = () => {}): void {
  const backend = tf.backend() as unknown as WebGPUBackend;
  const readByCanvas = backend.readSync.bind(backend);
  backend.readSync = (dataId) => {
    const data = backend.tensorMap.get(dataId);
    if (data.values == null && data.dtype !== 'complex64' && data.dtype !== 'string') {
      before();
      const bytes = download(backend, data.resource!);
      data.values = tf.util.convertBackendValuesAndArrayBuffer(bytes, data.dtype as tf.DataType);
    }
    return readByCanvas(dataId);
  };
}

function download(backend: WebGPUBackend, buffer: GPUBuffer): ArrayBuffer {
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
