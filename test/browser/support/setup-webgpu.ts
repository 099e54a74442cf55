import '@tensorflow/tfjs-backend-webgpu';
import { start } from './start';

await start('webgpu');
