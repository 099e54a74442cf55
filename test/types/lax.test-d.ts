import type * as tf from '@tensorflow/tfjs-core';
import { describe, expectTypeOf, it } from 'vitest';
import { lax, random } from '../../src';

declare const t: tf.Tensor;

describe('types of control flow', () => {
  it('scan: carry and ys with tensors for leaves', () => {
    const [carry, ys] = lax.scan(
      (c, x: tf.Tensor) => {
        expectTypeOf(c).toEqualTypeOf<{ i: tf.Tensor; h: tf.Tensor }>();
        return [c, { y: x, n: null }] as const;
      },
      { i: 0, h: t },
      t,
    );
    expectTypeOf(carry).toEqualTypeOf<{ i: tf.Tensor; h: tf.Tensor }>();
    expectTypeOf(ys.y).toEqualTypeOf<tf.Tensor>();
    // @ts-expect-error the carry has another structure
    lax.scan((c: { a: tf.Tensor }) => [c, null] as const, { b: t }, t);
  });

  it('loops and branches', () => {
    expectTypeOf(
      lax.whileLoop(
        (x) => t.equal(x),
        (x) => x,
        1,
      ),
    ).toEqualTypeOf<tf.Tensor>();
    expectTypeOf(lax.foriLoop(0, 3, (_, x) => x, { a: t })).toEqualTypeOf<{ a: tf.Tensor }>();
    expectTypeOf(
      lax.cond(
        true,
        (x) => ({ y: x }),
        (x) => ({ y: x }),
        t,
      ),
    ).toEqualTypeOf<{ y: tf.Tensor }>();
    expectTypeOf(lax.map((x) => x, t)).toEqualTypeOf<tf.Tensor>();
    const plain = (x: tf.Tensor): tf.Tensor => x;
    const inTree = (x: tf.Tensor): { y: tf.Tensor } => ({ y: x });
    // @ts-expect-error the branches return different trees
    lax.cond(true, inTree, plain, t);
  });

  it('random', () => {
    const key = random.key(0);
    expectTypeOf(random.split(key)).toEqualTypeOf<[random.Key, random.Key]>();
    expectTypeOf(random.split(key, 3)).toEqualTypeOf<[random.Key, random.Key, random.Key]>();
    expectTypeOf(random.split(key, 9)).toEqualTypeOf<random.Key[]>();
    // @ts-expect-error a key is no number
    random.normal(3, [2]);
  });
});
