import './seed';
import { expectCleanEngine } from './clean-engine';
import { startDawn } from './dawn';
import { readByWaiting } from './readByWaiting';
import { startWebGPU } from './webgpu';

await startDawn();
await import('@tensorflow/tfjs-backend-webgpu');
await startWebGPU(readByWaiting);
expectCleanEngine();
