import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

const require = createRequire(import.meta.url);

/** Backends that this starts. */
export const BACKENDS = ['wasm', 'cpu', 'tensorflow', 'webgpu'] as const;

/**
 * Starts a backend by name.
 *
 * @param threads for the tensorflow backend; all cores by default. The others compute on one here, and webgpu where its driver does
 */
export async function start(backend: string, threads?: number): Promise<void> {
  if (backend === 'webgpu') return (await import('./webgpu')).startWebGPU();
  if (backend === 'tensorflow') startTensorFlow(threads);
  else setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} did not start`);
}

/** What the tensorflow backend is loaded from. */
export const tensorflowPackage = process.env.TFJS_NODE_PACKAGE ?? '@tensorflow/tfjs-node';

/** Whether tfjs-node-gpu found a GPU: without one it computes on the CPU. */
export const usesGpu = (): boolean =>
  (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;

/** scripts/setup/tensorflow.sh puts the package in .cache/tensorflow. */
function startTensorFlow(threads?: number): void {
  const folder = resolve(process.env.TFJS_NODE_FOLDER ?? '.cache/tensorflow');
  if (!existsSync(join(folder, 'node_modules', tensorflowPackage)))
    throw new Error(`${tensorflowPackage} is not in ${folder}: run scripts/setup/tensorflow.sh`);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  if (threads !== undefined) {
    // The pool over which a kernel splits its work, and the one that runs kernels side by side: both have a thread for each core by default.
    // TensorFlow reads them as it starts.
    process.env.TF_NUM_INTRAOP_THREADS = String(threads);
    process.env.TF_NUM_INTEROP_THREADS = String(threads);
  }
  // tfjs-node 4.22 calls functions that Node 23 removed (https://github.com/tensorflow/tfjs/pull/8425).
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value == null;
  util.isArray ??= Array.isArray;
  // It brings the cpu backend's kernels once more, and warns of each.
  const { warn } = console;
  console.warn = () => {};
  try {
    createRequire(join(folder, 'package.json'))(tensorflowPackage);
  } finally {
    console.warn = warn;
  }
}
