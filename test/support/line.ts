import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { tree } from '../../src';
import { tolerance } from './tolerance';

/** One line of the conformance list, or one behaviour beside it: a test in a tidy scope of its own. */
export function line(title: string, body: () => void): void {
  it(title, () => {
    tf.tidy(() => {
      body();
    });
  });
}

/** A tree's tensors as nested arrays. */
export function values(given: unknown): unknown {
  return tree.map((leaf: unknown) => (leaf instanceof tf.Tensor ? leaf.arraySync() : leaf), given as never);
}

/**
 * A tree of tensors equals a tree of nested numbers: same keys, same lengths, values within a relative tolerance, at least that of
 * the backend's elementary functions, or within a hundredth of it of a small one. Each leaf that holds a number must be a tensor, usable now.
 */
export function close(found: unknown, expected: unknown, within = 0): void {
  compare(values(found), expected, Math.max(within, tolerance().rounded), '');
}

function compare(found: unknown, expected: unknown, within: number, path: string): void {
  if (typeof expected === 'number') {
    const right =
      Object.is(found, expected) ||
      (typeof found === 'number' &&
        (found === expected || Math.abs(found - expected) <= within * (Math.abs(expected) + 0.01)));
    if (!right) expect.fail(`at "${path}": expected ${expected}, found ${JSON.stringify(found)}`);
  } else if (typeof expected === 'object' && expected !== null) {
    expect(Object.keys(found as object).sort(), `keys at "${path}"`).toEqual(Object.keys(expected).sort());
    expect(Array.isArray(found), `array at "${path}"`).toBe(Array.isArray(expected));
    for (const [key, value] of Object.entries(expected))
      compare((found as Record<string, unknown>)[key], value, within, path ? `${path}/${key}` : key);
  } else {
    expect(found, `at "${path}"`).toEqual(expected);
  }
}

type ErrorClass = new (...args: any[]) => Error;

/** A call throws this very class, says all of these fragments, and leaves the engine as it was. */
export function throws(body: () => unknown, errorClass: ErrorClass, ...fragments: (string | RegExp)[]): void {
  const before = engineState();
  let thrown: unknown;
  try {
    body();
  } catch (error) {
    thrown = error;
  }
  expect(thrown, 'nothing was thrown').toBeInstanceOf(Error);
  expect((thrown as Error).constructor.name, String(thrown)).toBe(errorClass.name);
  for (const fragment of fragments) expect((thrown as Error).message).toMatch(fragment);
  expect(engineState(), 'the engine after the error').toEqual(before);
}

/** What an error must leave as it was: tensors, open scopes, the native tape, patched methods. */
function engineState(): object {
  const engine = tf.engine() as unknown as {
    state: { scopeStack: unknown[]; gradientDepth: number; kernelDepth: number };
  };
  const { scopeStack, gradientDepth, kernelDepth } = engine.state;
  return {
    numTensors: tf.memory().numTensors,
    scopes: scopeStack.length,
    gradientDepth,
    kernelDepth,
    patched: ['runKernel', 'runKernelFunc'].filter((method) => Object.hasOwn(engine, method)),
  };
}

/** A number as a tensor: what a test's function returns where the list says `x => 3`. */
export const constant =
  (value: number): (() => tf.Tensor) =>
  () =>
    tf.scalar(value);

export const cube = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.mul(x, x));
