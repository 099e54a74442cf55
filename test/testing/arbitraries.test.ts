import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tree } from '../../src';
import { arbitrariesWith, checkGrads } from '../../src/testing';

const arbitraries = arbitrariesWith(fc);

describe('arbitraries', () => {
  it('tensors of the shape, type and range asked for', () => {
    const kinds = [
      { shape: [2, 3], min: -1, max: 0.5 },
      { dtype: 'int32', maxRank: 2, min: 0, max: 3 },
      { dtype: 'bool', maxSize: 2, min: 0, max: 1 },
    ] as const;
    for (const constraints of kinds) {
      fc.assert(
        fc.property(arbitraries.tensor(constraints), (make) =>
          tf.tidy(() => {
            const x = make();
            expect(x.dtype).toBe('dtype' in constraints ? constraints.dtype : 'float32');
            if ('shape' in constraints) expect(x.shape).toEqual(constraints.shape);
            if ('maxRank' in constraints) expect(x.rank).toBeLessThanOrEqual(constraints.maxRank);
            if ('maxSize' in constraints) expect(x.shape.every((d) => d <= constraints.maxSize)).toBe(true);
            for (const v of x.dataSync()) {
              expect(v).toBeGreaterThanOrEqual(constraints.min);
              expect(v).toBeLessThanOrEqual(constraints.max);
            }
            // A maker makes the same tensor again.
            expect(make().dataSync()).toEqual(x.dataSync());
          }),
        ),
        { numRuns: 30 },
      );
    }
  });
  it('serve checkGrads', () =>
    fc.assert(
      fc.property(arbitraries.tensor({ maxRank: 2 }), (make) =>
        tf.tidy(() => checkGrads((x: tf.Tensor) => tf.mul(x, tf.tanh(x)), [make()], { order: 1 })),
      ),
      { numRuns: 10 },
    ));
  it('trees come apart and together again', () =>
    fc.assert(
      fc.property(arbitraries.pytree(fc.integer()), (given) => {
        const { leaves, structure } = tree.flatten(given);
        expect((leaves as unknown[]).every(Number.isInteger)).toBe(true);
        expect(tree.unflatten(structure, leaves as unknown[])).toEqual(given);
      }),
    ));
  it('want fast-check itself', () => {
    expect(() => arbitrariesWith({} as never)).toThrow(TypeError);
    expect(() => arbitrariesWith(undefined as never)).toThrow(/fast-check/);
  });
});
