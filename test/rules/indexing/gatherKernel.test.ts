import * as tf from '@tensorflow/tfjs-core';
import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { grad, jit } from '../../../src';
import { intercepted } from '../../../src/core/dispatch';
import { runs } from '../../support/runs';

const inside = <T>(f: () => T): T => intercepted(f);

/** Entry by entry, from the definition. */
function gathered(x: tf.Tensor, indices: tf.Tensor, axis: number, batchDims: number): number[] {
  const size = (list: number[]): number => tf.util.sizeFromShape(list);
  const lead = size(x.shape.slice(0, batchDims));
  const outer = size(x.shape.slice(batchDims, axis));
  const n = x.shape[axis]!;
  const inner = size(x.shape.slice(axis + 1));
  const [values, places] = [x.dataSync(), indices.dataSync()];
  const count = places.length / lead;
  const y: number[] = [];
  for (let l = 0; l < lead; l++)
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < count; i++)
        for (let k = 0; k < inner; k++)
          y.push(values[((l * outer + o) * n + places[l * count + i]!) * inner + k]!);
  return y;
}

const side = fc.integer({ min: 1, max: 4 });

test.prop(
  {
    shape: fc.array(side, { minLength: 1, maxLength: 4 }),
    axis: fc.nat(3),
    batchDims: fc.nat(3),
    count: fc.integer({ min: 0, max: 5 }),
    seed: fc.nat(),
    dtype: fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const),
  },
  { numRuns: runs(60) },
)('takes what the definition says', ({ shape, axis: a, batchDims: b, count, seed, dtype }) => {
  tf.tidy(() => {
    const axis = a % shape.length;
    const batchDims = b % (axis + 1);
    const x = tf.tensor(
      Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) =>
        dtype === 'bool' ? Number((i * 7) % 3 === 0) : i,
      ),
      shape,
      dtype,
    );
    const indicesShape = [...shape.slice(0, batchDims), count];
    const indices = tf.tensor(
      Array.from({ length: tf.util.sizeFromShape(indicesShape) }, (_, i) => (seed + i * 5) % shape[axis]!),
      indicesShape,
      'int32',
    );
    const y = inside(() => tf.gather(x, indices as tf.Tensor1D, axis, batchDims));
    expect(y.dtype).toBe(dtype);
    expect(y.shape).toEqual([...shape.slice(0, axis), count, ...shape.slice(axis + 1)]);
    expect(Array.from(y.dataSync())).toEqual(gathered(x, indices, axis, batchDims));
  });
});

// Shaders report nothing: on webgpu and webgl what lies outside counts as zero.
const reports = !['webgpu', 'webgl'].includes(tf.getBackend());

it.each([3, -1])(
  'an index of %i out of 3 is an error or picks a zero, also in a captured program',
  (index) => {
    tf.tidy(() => {
      const x = tf.tensor1d([1, 2, 3]);
      const places = tf.tensor1d([0, index], 'int32');
      const f = (y: tf.Tensor): tf.Tensor => tf.sum(tf.gather(y, places));
      const g = jit(f);
      if (reports) {
        const message = `the index value ${index} is not in [0, 2]`;
        expect(() => grad(f)(x)).toThrow(message);
        expect(() => g(x)).toThrow(message);
      } else {
        expect(Array.from(grad(f)(x).dataSync())).toEqual([1, 0, 0]);
        expect(g(x).dataSync()[0]).toBe(1);
      }
      g.dispose();
    });
  },
);
