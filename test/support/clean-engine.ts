import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect } from 'vitest';

interface EngineState {
  numTensors: number;
  openScopes: number;
}

function engineState(): EngineState {
  const { state } = tf.engine() as unknown as { state: { scopeStack: unknown[] } };
  return { numTensors: tf.memory().numTensors, openScopes: state.scopeStack.length };
}

/** After every test, failed ones included, the engine is as the test found it: no tensor, no scope, no method of ours. */
export function expectCleanEngine(): void {
  let before: EngineState;

  beforeEach(() => {
    before = engineState();
  });

  afterEach(() => {
    expect(engineState(), 'tensors and scopes left by the test').toEqual(before);
    // Files share an engine: what one test spoils, peaks of memory in another show.
    expect(tf.memory().numBytes, 'bytes that the engine counts').not.toBeNaN();
    for (const method of ['runKernel', 'runKernelFunc', 'makeTensor', 'makeVariable']) {
      expect(Object.hasOwn(tf.engine(), method), `engine().${method} is still shadowed`).toBe(false);
    }
  });
}
