import '@tensorflow/tfjs-backend-webgl';
import { start } from './start';

await start('webgl');
