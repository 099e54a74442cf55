import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { evalShape, grad, jit, lax, makeJaxpr, random } from '../../src';

/** Not the tensor that it starts from. */
const variable = (values: number[]): tf.Variable => tf.tidy(() => tf.variable(tf.tensor1d(values)));

/** Calls a jitted function that refuses, and holds nothing afterwards. */
function refuses(f: (x: tf.Tensor) => unknown, message: RegExp): void {
  const jitted = jit(f as (x: tf.Tensor) => tf.Tensor);
  tf.tidy(() => {
    expect(() => jitted(tf.ones([2]))).toThrow(message);
  });
  jitted.dispose();
}

describe('what a capture would freeze is refused by name', () => {
  it.each<[string, (x: tf.Tensor) => unknown]>([
    ['randomNormal', (x) => tf.add(x, tf.randomNormal([2]))],
    ['randomUniform', (x) => tf.add(x, tf.randomUniform([2]))],
    ['truncatedNormal', (x) => tf.add(x, tf.truncatedNormal([2]))],
    ['randomGamma', (x) => tf.add(x, tf.randomGamma([2], 1))],
    [
      'randomUniform',
      function dropout(x) {
        return tf.dropout(x, 0.5);
      },
    ],
  ])('tf.%s', (op, f) => {
    refuses(f, new RegExp(`jit\\(.*\\): tf\\.${op} would draw once.*random\\.normal`, 's'));
    tf.tidy(() => {
      expect(() => makeJaxpr(f)(tf.ones([2]))).toThrow(/would draw once/);
      expect(() => lax.map((x: tf.Tensor) => f(tf.stack([x, x])) as tf.Tensor, tf.ones([3]))).toThrow(
        /lax\.map|lax\.scan/,
      );
    });
  });

  it('a kernel that draws', () => {
    refuses(
      (x) => tf.multinomial(tf.log(tf.expandDims(tf.add(x, 1), 0)) as tf.Tensor2D, 3),
      /jit.*Multinomial draws/,
    );
  });

  it('variables made, assigned and disposed, and they stay as they were', () => {
    const v = variable([1, 2]);
    refuses(function step(x) {
      v.assign(x as tf.Tensor1D);
      return x;
    }, /jit\(step\): a variable was assigned.*Return the new value/s);
    refuses((x) => {
      v.assign(tf.tensor1d([3, 4]));
      return x;
    }, /a variable was assigned/);
    refuses((x) => {
      v.dispose();
      return x;
    }, /a variable was disposed/);
    refuses((x) => tf.variable(x), /a variable was made/);
    expect(Array.from(v.dataSync())).toEqual([1, 2]);
    v.dispose();
  });

  it('values', () => {
    refuses(function act(x) {
      return x.dataSync()[0]! > 0 ? x : tf.neg(x);
    }, /jit\(act\): dataSync\(\) needs a concrete value.*lax\.cond/s);
    refuses((x) => tf.mul(x, x.arraySync() as number[]), /arraySync\(\) needs a concrete value/);
    refuses(
      (x) => ((tf.sum(x) as unknown as number) > 0 ? x : tf.neg(x)),
      /an operator of JavaScript needs a concrete value/,
    );
    refuses(async (x) => tf.mul(x, (await x.data())[0]!), /promise/);
  });

  it('constants, variables and keyed numbers are no side effects', () => {
    const v = variable([1, 2]);
    const f = jit((x: tf.Tensor, key: tf.Tensor) =>
      tf.add(tf.add(tf.mul(x, v), tf.tensor1d([1, 1])), tf.mul(0, random.normal(key, [2]))),
    );
    tf.tidy(() => {
      const x = tf.tensor1d([3, 4]);
      expect(Array.from(f(x, random.key(0)).dataSync())).toEqual([4, 9]);
      v.assign(tf.tensor1d([2, 3]));
      expect(Array.from(f(x, random.key(1)).dataSync())).toEqual([7, 13]);
    });
    f.dispose();
    v.dispose();
  });

  it('evalShape runs nothing, so it lets initialisers draw', () => {
    expect(evalShape(() => tf.randomNormal([3, 2]))).toEqual({ shape: [3, 2], dtype: 'float32' });
  });

  it('outside of captures nothing is refused', () => {
    const v = variable([1]);
    tf.tidy(() => {
      grad((x: tf.Tensor) => {
        v.assign(tf.tensor1d([2]));
        return tf.sum(tf.mul(x, tf.randomNormal([2])));
      })(tf.ones([2]));
    });
    expect(v.dataSync()[0]).toBe(2);
    v.dispose();
  });

  it('a variable survives that a tracer is assigned to it under grad, and is assigned and disposed as ever', () => {
    const v = variable([1, 2]);
    tf.tidy(() => {
      const keeps = (x: tf.Tensor): tf.Tensor => {
        v.assign(x as tf.Tensor1D);
        return tf.sum(x);
      };
      const before = tf.memory();
      const x = tf.ones([2]);
      expect(() => grad(keeps)(x)).toThrow(
        /a variable assignment can't take a tensor that is being differentiated/,
      );
      expect(Array.from(v.dataSync())).toEqual([1, 2]);
      x.dispose();
      const { numTensors, numDataBuffers } = tf.memory();
      expect([numTensors, numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
      const g = grad((y: tf.Tensor) => {
        v.assign(tf.tensor1d([5, 6]));
        v.assign(tf.tensor1d([7, 8]));
        return tf.sum(tf.mul(y, v));
      })(tf.ones([2]));
      expect(Array.from(g.dataSync())).toEqual([7, 8]);
      grad((y: tf.Tensor) => {
        v.dispose();
        return tf.sum(y);
      })(tf.ones([2]));
      expect(v.isDisposed).toBe(true);
    });
  });

  it('operators of JavaScript on a tensor that is differentiated', () =>
    tf.tidy(() => {
      const f = (x: tf.Tensor): tf.Tensor => ((x as unknown as number) > 0 ? x : tf.neg(x));
      expect(() => grad(f)(tf.scalar(1))).toThrow(/grad\(f\): a tensor is not a number.*tf\.greater/);
      expect(() => grad((x: tf.Tensor) => (`${String(x)}` ? x : x))(tf.scalar(1))).not.toThrow();
    }));
});
