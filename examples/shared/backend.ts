import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { Failure } from './failure';

export const BACKENDS = ['wasm', 'cpu', 'tensorflow'] as const;
export type Backend = (typeof BACKENDS)[number];

/** Where scripts/setup/tensorflow.sh puts tfjs-node. */
const TENSORFLOW = resolve(dirname(fileURLToPath(import.meta.url)), '../../.cache/tensorflow');

/**
 * Loads a backend's package and makes it the one that computes.
 *
 * @throws Failure where the package is not installed, or does not work on this machine
 */
export async function useBackend(backend: Backend): Promise<void> {
  tf.enableProdMode(); // silences the cpu backend's advertisement for tfjs-node
  try {
    await load[backend]();
  } catch (error) {
    const [reason] = String((error as Error).message).split('\n');
    const remedy = backend === 'tensorflow' ? ' scripts/setup/tensorflow.sh makes it available.' : '';
    throw new Failure(`The backend "${backend}" can't be loaded: ${reason}.${remedy}`);
  }
  if (!(await tf.setBackend(backend).catch(() => false))) {
    throw new Failure(`The backend "${backend}" does not start on this machine.`);
  }
}

const load: Record<Backend, () => Promise<unknown>> = {
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
  async wasm() {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    const require = createRequire(import.meta.url);
    setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  },
  async tensorflow() {
    if (!existsSync(TENSORFLOW)) throw new Error(`${TENSORFLOW} is not there`);
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
    // tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed (https://github.com/tensorflow/tfjs/issues/8425).
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value == null });
    createRequire(`${TENSORFLOW}/package.json`)('@tensorflow/tfjs-node');
  },
};
