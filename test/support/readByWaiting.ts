import { pump } from './dawn';
import type { Download } from './reads';

/** Reads in Node, where JavaScript can wait for Dawn. */
export function readByWaiting(device: GPUDevice): Download {
  return (buffer, submit) => {
    const { size } = buffer;
    const staging = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
    submit((encoder) => encoder.copyBufferToBuffer(buffer, 0, staging, 0, size));
    let settled = false;
    void staging.mapAsync(GPUMapMode.READ).then(
      () => {},
      () => (settled = true),
    );
    pump(() => settled || staging.mapState === 'mapped');
    const bytes = staging.getMappedRange().slice(0);
    staging.destroy();
    return bytes;
  };
}
