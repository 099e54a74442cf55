import * as tf from '@tensorflow/tfjs-core';

interface WebGPUBackend {
  device: GPUDevice;
  commandEncoder: GPUCommandEncoder | null;
  tensorMap: { get(dataId: object): { values: unknown; dtype: string; resource: GPUBuffer | null } };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  readSync(dataId: object): unknown;
}

/** The bytes of a buffer, waited for. `submit` appends to the commands that come first, and hands all of them over. */
export type Download = (
  buffer: GPUBuffer,
  submit: (append: (encoder: GPUCommandEncoder) => void) => void,
) => ArrayBuffer;

/**
 * Lets `dataSync` of the webgpu backend read by a way of ours, where tfjs would draw on new canvases: Node has none, and in a page ours is faster.
 *
 * @param before is called before each read of what is on the device
 */
export function readBy(downloadOf: (device: GPUDevice) => Download, before: () => void = () => {}): void {
  const backend = tf.backend() as unknown as WebGPUBackend;
  const download = downloadOf(backend.device);
  const readOnHost = backend.readSync.bind(backend);
  backend.readSync = (dataId) => {
    const data = backend.tensorMap.get(dataId);
    if (data.values == null && data.dtype !== 'complex64' && data.dtype !== 'string') {
      before();
      const bytes = download(data.resource!, (append) => {
        backend.ensureCommandEncoderReady();
        backend.endComputePassEncoder();
        append(backend.commandEncoder!);
        backend.submitQueue();
      });
      data.values = tf.util.convertBackendValuesAndArrayBuffer(bytes, data.dtype as tf.DataType);
    }
    return readOnHost(dataId);
  };
}
