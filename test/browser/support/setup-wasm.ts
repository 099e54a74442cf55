import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { start } from './start';

setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
await start('wasm');
