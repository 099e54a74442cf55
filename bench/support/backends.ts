import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

const require = createRequire(import.meta.url);

/** Starts a backend by name. */
export async function start(backend: string): Promise<void> {
  setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} did not start`);
}
