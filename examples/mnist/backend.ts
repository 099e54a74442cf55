import * as tf from '@tensorflow/tfjs-core';
import { Failure } from './failure';

export const BACKENDS = ['wasm', 'cpu', 'tensorflow'] as const;
export type Backend = (typeof BACKENDS)[number];

const PACKAGES: Record<Backend, string> = {
  wasm: '@tensorflow/tfjs-backend-wasm',
  cpu: '@tensorflow/tfjs-backend-cpu',
  tensorflow: '@tensorflow/tfjs-node',
};

/**
 * Loads a backend's package and makes it the one that computes.
 *
 * @throws Failure where the package is not installed, or does not work on this machine
 */
export async function useBackend(backend: Backend): Promise<void> {
  const name = PACKAGES[backend];
  tf.enableProdMode(); // silences the cpu backend's advertisement for tfjs-node
  try {
    await import(name);
  } catch (error) {
    const [reason] = String((error as Error).message).split('\n');
    throw new Failure(
      `The backend "${backend}" needs the npm package ${name}, which can't be loaded: ${reason}`,
    );
  }
  if (!(await tf.setBackend(backend).catch(() => false))) {
    throw new Failure(`The backend "${backend}" does not start on this machine.`);
  }
}
