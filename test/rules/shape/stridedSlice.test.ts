import * as tf from '@tensorflow/tfjs-core';
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { jit, vmap } from '../../../src';

/** One axis: its length, where the range begins and ends (null: masked), the stride, and whether it is one place instead. */
const axis = fc
  .record({
    n: fc.integer({ min: 1, max: 5 }),
    begin: fc.option(fc.integer({ min: -6, max: 6 })),
    end: fc.option(fc.integer({ min: -6, max: 6 })),
    stride: fc.constantFrom(1, 2, 3, -1, -2, -3),
    isPlace: fc.boolean(),
  })
  .map((a) =>
    a.isPlace ? { ...a, begin: (Math.abs(a.begin ?? 0) % a.n) - ((a.end ?? 0 > 0) ? a.n : 0), stride: 1 } : a,
  )
  .map((a) => (a.isPlace && a.begin! < -a.n ? { ...a, begin: -a.n } : a));
type Axis = { n: number; begin: number | null; end: number | null; stride: number; isPlace: boolean };

/** The indices that a Python slice takes. */
function indicesOf({ n, begin, end, stride, isPlace }: Axis): number[] {
  if (isPlace) return [begin! < 0 ? begin! + n : begin!];
  const clip = (place: number): number =>
    stride > 0 ? Math.min(Math.max(place, 0), n) : Math.min(Math.max(place, -1), n - 1);
  const from = (place: number): number => clip(place < 0 ? place + n : place);
  const first = begin === null ? (stride > 0 ? 0 : n - 1) : from(begin);
  const last = end === null ? (stride > 0 ? n : -1) : from(end);
  const found: number[] = [];
  for (let i = first; stride > 0 ? i < last : i > last; i += stride) found.push(i);
  return found;
}

test.prop([fc.array(axis, { minLength: 1, maxLength: 3 }), fc.constantFrom('float32', 'int32', 'bool')])(
  'takes what a Python slice takes, with integers and shrunk axes too',
  (axes, dtype) => {
    tf.tidy(() => {
      const shape = axes.map(({ n }) => n);
      const size = shape.reduce((a, b) => a * b);
      const values = Array.from({ length: size }, (_, i) => (dtype === 'bool' ? Number(i % 3 === 0) : i));
      const x = tf.tensor(values, shape, dtype as 'float32');
      const mask = (is: (a: Axis) => boolean): number =>
        axes.reduce((m, a, i) => m + (is(a) ? 1 << i : 0), 0);
      const f = (t: tf.Tensor): tf.Tensor =>
        tf.stridedSlice(
          t,
          axes.map(({ begin }) => begin ?? 0),
          axes.map(({ end, begin, isPlace }) => (isPlace ? begin! + 1 : (end ?? 0))),
          axes.map(({ stride }) => stride),
          mask(({ begin, isPlace }) => begin === null && !isPlace),
          mask(({ end, isPlace }) => end === null && !isPlace),
          0,
          0,
          mask(({ isPlace }) => isPlace),
        );
      const indices = axes.map(indicesOf);
      const expected = indices.reduce<number[]>(
        (starts, places, i) => starts.flatMap((start) => places.map((p) => start * shape[i]! + p)),
        [0],
      );
      const expectedShape = indices.filter((_, i) => !axes[i]!.isPlace).map(({ length }) => length);
      const jitted = jit(f);
      for (const y of [jitted(x), tf.squeeze(vmap(f)(tf.expandDims(x)), [0])]) {
        expect({ shape: y.shape, dtype: y.dtype }).toEqual({ shape: expectedShape, dtype });
        expect(Array.from(y.dataSync())).toEqual(expected.map((i) => values[i]));
      }
      jitted.dispose();
    });
  },
);
