import * as tf from '@tensorflow/tfjs-core';
import { startDawn } from '../../test/support/dawn';
import { readByWaiting } from '../../test/support/readByWaiting';
import { readBy } from '../../test/support/reads';

/** Starts webgpu on Dawn, with the driver that scripts/setup/webgpu.sh installs where there is no other. */
export async function startWebGPU(): Promise<void> {
  await startDawn();
  await import('@tensorflow/tfjs-backend-webgpu');
  if (!(await tf.setBackend('webgpu')))
    throw new Error('the backend webgpu did not start: scripts/setup/webgpu.sh installs what it needs');
  readBy(readByWaiting);
}
