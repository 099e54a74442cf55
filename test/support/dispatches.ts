import * as tf from '@tensorflow/tfjs-core';

interface Recording {
  recordAndSubmit(program: { shaderKey: string; constructor: { name: string } }, ...rest: unknown[]): void;
}

/** Runs `body` and counts, by program, what the webgpu backend dispatches meanwhile. */
export function dispatchesOf(body: () => void): Map<string, number> {
  const backend = tf.backend() as unknown as Recording;
  const counts = new Map<string, number>();
  const record = backend.recordAndSubmit;
  backend.recordAndSubmit = function (program, ...rest) {
    const own = /^tfjs-tract (\S+)/.exec(program.shaderKey)?.[1];
    const name = own ?? program.constructor.name.replace(/^_?(.*?)Program.*$/, '$1');
    counts.set(name, (counts.get(name) ?? 0) + 1);
    record.call(this, program, ...rest);
  };
  try {
    body();
  } finally {
    backend.recordAndSubmit = record;
  }
  return counts;
}

export const total = (counts: Map<string, number>): number =>
  [...counts.values()].reduce((sum, n) => sum + n, 0);
