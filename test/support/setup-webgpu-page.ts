import './seed';
import '@tensorflow/tfjs-backend-webgpu';
import { expectCleanEngine } from './clean-engine';
import { readByCanvas } from './readByCanvas';
import { startWebGPU } from './webgpu';

await startWebGPU(readByCanvas);
expectCleanEngine();
