import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect } from 'vitest';
import { grad, jit } from '../../src';
import { expectTraces } from '../../src/testing';
import { close, line, throws } from '../support/line';

interface Params {
  w: tf.Tensor;
  b: number | tf.Tensor;
}

describe('expectTraces', () => {
  const jitted: { dispose(): void }[] = [];
  afterEach(() => jitted.splice(0).forEach((g) => g.dispose()));

  line('lets as many traces pass as it was told, and counts them', () => {
    const step = expectTraces((p: Params) => tf.add(tf.sum(p.w), p.b), 2);
    const g = jit(step);
    close([g({ w: tf.ones([2]), b: 1 }), g({ w: tf.zeros([2]), b: 2 })], [3, 2]);
    expect(step.traces).toBe(1);
    throws(() => step.check(), Error, 'traced 2 times', 'was traced 1 time');
    close(grad(g)({ w: tf.ones([3]), b: 1 }), { w: [1, 1, 1], b: 1 });
    expect(step.traces).toBe(2);
    step.check();
    g.dispose();
  });
  line('names the argument that caused a trace, with its path', () => {
    const [two, three, whole] = [tf.ones([2]), tf.ones([3]), tf.ones([2], 'int32')];
    const traced = (name: string): ((p: Params, how: unknown) => tf.Tensor) => {
      const f = expectTraces(
        Object.defineProperty((p: Params, _how: unknown) => tf.sum(p.w), 'name', { value: name }),
        1,
      );
      const g = jit(f, { staticArgnums: 1 });
      g({ w: two, b: 1 }, 'a');
      jitted.push(g);
      return (...args) => g(...args) as tf.Tensor;
    };
    const cases: [p: Params, how: string, difference: string][] = [
      [{ w: three, b: 1 }, 'a', 'argument 0 at "w": float32[2], then float32[3]'],
      [{ w: whole, b: 1 }, 'a', 'argument 0 at "w": float32[2], then int32[2]'],
      [{ w: two, b: 1 }, 'b', 'argument 1: the string "a", then the string "b"'],
      [{ w: two } as Params, 'a', 'argument 0 has structure {b: *, w: *}, then {w: *}'],
    ];
    for (const [p, how, difference] of cases) {
      const call = traced('step');
      throws(() => call(p, how), Error, 'expectTraces(step)', difference);
    }
  });
  line('says so where no argument is to blame', () => {
    const x = tf.ones([2]);
    const f = expectTraces((t: tf.Tensor) => tf.sum(t), 1);
    const [g, h] = [jit(f), jit(f)];
    g(x);
    throws(() => h(x), Error, 'No argument differs', 'jitted anew');
    g.dispose();
    h.dispose();
  });
  line('bad input', () => {
    throws(() => expectTraces(3 as never, 1), TypeError, 'expectTraces', 'the number 3');
    throws(() => expectTraces(() => 1, 0.5), RangeError, 'count', '0.5');
    throws(() => expectTraces(() => 1, -1), RangeError, 'count', '-1');
  });
});
