import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { evalShape, grad, jit, lax, makeJaxpr, vmap } from '../../src';

/** Names of the kernels that run on the backend. */
function kernelsRun(body: () => void): string[] {
  const ran: string[] = [];
  const kernels = tf.getKernelsForBackend(tf.getBackend());
  const originals = kernels.map(({ kernelFunc }) => kernelFunc);
  for (const kernel of kernels) {
    const { kernelFunc, kernelName } = kernel;
    kernel.kernelFunc = (call) => (ran.push(kernelName), kernelFunc(call));
  }
  try {
    body();
  } finally {
    kernels.forEach((kernel, i) => (kernel.kernelFunc = originals[i]!));
  }
  return ran;
}

describe('evalShape', () => {
  it('runs no kernel, on constants either, under every transformation', () =>
    tf.tidy(() => {
      const w = tf.ones([300, 4]);
      const f = (x: tf.Tensor): tf.Tensor => {
        const table = tf.oneHot(tf.range(0, 4, 1, 'int32'), 4);
        const h = tf.matMul(tf.matMul(x, w), tf.cast(table, 'float32'));
        return tf.sum(tf.mul(tf.tanh(h), tf.fill([4], 2)));
      };
      const x = { shape: [5, 300], dtype: 'float32' as const };
      let shapes: unknown[] = [];
      const ran = kernelsRun(() => {
        shapes = [
          evalShape(f, x as never),
          evalShape(grad(f), x as never),
          evalShape(
            vmap((row: tf.Tensor) => f(tf.expandDims(row, 0))),
            x as never,
          ),
          evalShape(
            (y: tf.Tensor) =>
              lax.scan(
                (c: tf.Tensor, row: tf.Tensor) => [tf.add(c, f(tf.expandDims(row, 0))), row],
                tf.scalar(0),
                y,
              ),
            x as never,
          ),
        ];
      });
      expect(ran.filter((kernel) => kernel !== 'Identity')).toEqual([]);
      const scalar = { shape: [], dtype: 'float32' };
      expect(shapes).toEqual([scalar, x, { shape: [5], dtype: 'float32' }, [scalar, x]]);
    }));

  it('and lets kernels run again afterwards, also after an error', () =>
    tf.tidy(() => {
      expect(() =>
        evalShape(() => {
          throw new Error('mine');
        }),
      ).toThrow('mine');
      expect(tf.add(1, 2).dataSync()[0]).toBe(3);
    }));
});

describe('makeJaxpr', () => {
  const text = (f: (...args: never[]) => unknown, ...args: unknown[]): string =>
    tf.tidy(() => String(makeJaxpr(f as never)(...(args as never[]))));

  it('prints names in order of appearance, types, and attributes', () => {
    const f = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.sum(tf.mul(tf.sin(x), y), 0);
    const printed = tf.tidy(() => text(f, tf.zeros([3, 2]), tf.zeros([2])));
    expect(printed).toBe(
      [
        '{ lambda  ; a:float32[3,2] b:float32[2]. let',
        '    c:float32[3,2] = Sin x=a',
        '    d:float32[3,2] = Multiply a=c b=b',
        '    e:float32[2] = Sum[axis=0 keepDims=false] x=d',
        '  in (e) }',
      ].join('\n'),
    );
    expect(tf.tidy(() => text(f, tf.zeros([3, 2]), tf.zeros([2])))).toBe(printed);
  });

  it('prints the programs of loops and branches within', () => {
    const printed = tf.tidy(() =>
      text(
        (x: tf.Tensor) => lax.scan((c: tf.Tensor, y: tf.Tensor) => [tf.add(c, y), null], tf.scalar(0), x)[0],
        tf.zeros([4]),
      ),
    );
    expect(printed).toMatch(
      /= Scan\[body=\n\s+\{ lambda {2}; a:float32\[\] b:float32\[\]\. let\n\s+c:float32\[\] = Add a=a b=b\n\s+in \(c\) \}\n\s+constants=0 carries=1 length=4 reverse=false\]/,
    );
    const both = tf.tidy(() =>
      text((x: tf.Tensor) => lax.cond(tf.greater(x, 0), tf.sin, tf.cos, x), tf.scalar(1)),
    );
    expect(both).toMatch(/Cond\[branches=[^]*Cos x=a[^]*Sin x=a/);
  });
});

describe('a jitted function', () => {
  it('holds its constants, and nothing after dispose', () => {
    const before = tf.memory().numTensors;
    const f = jit((x: tf.Tensor) => tf.add(tf.mul(x, tf.scalar(2)), tf.tensor1d([1, 2])));
    tf.tidy(() => {
      for (let i = 0; i < 3; i++) expect(Array.from(f(tf.ones([2])).dataSync())).toEqual([3, 4]);
      expect(Array.from(grad((x: tf.Tensor) => tf.sum(f(x)))(tf.ones([2])).dataSync())).toEqual([2, 2]);
      expect(Array.from(vmap(f)(tf.ones([3, 2])).dataSync())).toEqual([3, 4, 3, 4, 3, 4]);
    });
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    f.dispose();
    expect(tf.memory().numTensors).toBe(before);
    // It can be called again, and traces anew.
    tf.tidy(() => void expect(Array.from(f(tf.ones([2])).dataSync())).toEqual([3, 4]));
    f.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('outlives the tidy that it was first called in', () => {
    const f = jit((x: tf.Tensor) => tf.mul(x, tf.tensor1d([2, 3])));
    for (let i = 0; i < 3; i++)
      tf.tidy(() => void expect(Array.from(tf.tidy(() => f(tf.ones([2]))).dataSync())).toEqual([2, 3]));
    f.dispose();
  });

  it('frees inner values at their last use', () =>
    tf.tidy(() => {
      const f = jit((x: tf.Tensor) => {
        let y = x;
        for (let i = 0; i < 20; i++) y = tf.matMul(y, x);
        return y;
      });
      const x = tf.zeros([8, 8]);
      f(x);
      const { backend } = tf.engine() as unknown as { backend: { numDataIds(): number } };
      const before = backend.numDataIds();
      let most = 0;
      // The method through which each backend makes its outputs.
      const makers: Record<string, string> = {
        cpu: 'write',
        wasm: 'makeOutput',
        tensorflow: 'createOutputTensor',
      };
      const name = makers[tf.getBackend()] ?? 'makeTensorInfo';
      const target = backend as unknown as Record<string, (...args: unknown[]) => unknown>;
      const original = target[name]!;
      target[name] = (...args) => {
        const made = original.apply(backend, args);
        most = Math.max(most, backend.numDataIds() - before);
        return made;
      };
      try {
        f(x);
      } finally {
        delete target[name];
      }
      expect(most).toBeGreaterThan(0);
      // A product on wasm has room for its operands, too, while it runs.
      expect(most).toBeLessThanOrEqual(tf.getBackend() === 'wasm' ? 3 : 2);
      f.dispose();
    }));

  it('gives an input, a constant, or one value twice as tensors of their own', () =>
    tf.tidy(() => {
      const constant = tf.scalar(7);
      const f = jit((x: tf.Tensor) => {
        const y = tf.neg(x);
        return [x, constant, y, y, tf.reshape(y, [1, 2])];
      });
      for (let i = 0; i < 2; i++) {
        const x = tf.tensor1d([1, 2]);
        const results = f(x);
        expect(new Set(results).size).toBe(5);
        x.dispose();
        results[2]!.dispose();
        const values = [0, 1, 3, 4].map((k) => Array.from(results[k]!.dataSync()));
        expect(values).toEqual([[1, 2], [7], [-1, -2], [-1, -2]]);
      }
      expect(constant.dataSync()[0]).toBe(7);
      f.dispose();
    }));

  it('frees what it made before an error in a kernel', () => {
    const f = jit((x: tf.Tensor, y: tf.Tensor) =>
      tf.matMul(tf.matMul(x, x), tf.exp(tf.add(tf.matMul(x, y), 1))),
    );
    tf.tidy(() => {
      const [x, y] = [tf.ones([4, 4]), tf.ones([4, 4])];
      f(x, y);
      const before = tf.memory().numTensors;
      const { backend } = tf.engine() as unknown as { backend: { numDataIds(): number } };
      const data = backend.numDataIds();
      y.dispose();
      expect(() => f(x, y)).toThrow(/disposed/);
      expect(tf.memory().numTensors).toBe(before - 1);
      expect(backend.numDataIds()).toBe(data - 1);
    });
    f.dispose();
  });
});
