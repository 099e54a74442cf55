import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { jit } from '../../src';
import { KERNELS } from '../../src/jit/elementwise/kernels';
import { inKind, operand } from '../../src/jit/elementwise/expression';
import { print } from '../../src/jit/script/printer';

/*
 * Each elementwise kernel jitted, on values where it could go wrong, against the backend's own kernel. wasm's differ from other backends'
 * at places: maximum and minimum beside NaN depend on the order, relu6(NaN) is 0, log1p loses the digits of small numbers. There what the
 * kernel's definition says in float64 counts too.
 */
const values = [
  ...[
    0, -0, 1, -1, 0.5, -0.5, -2.25, 7, -11, 1e-6, -1e-6, 3e-20, 1e-40, -1e-40, 6, 6.5, 16.6, -17, 88.5, -88.5,
  ],
  ...[100, -104, 2 ** 24 + 2, -1e30, 3e38, Infinity, -Infinity, NaN],
];
const one: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  Exp: tf.exp,
  Expm1: tf.expm1,
  Log: tf.log,
  Log1p: tf.log1p,
  Sqrt: tf.sqrt,
  Sin: tf.sin,
  Cos: tf.cos,
  Tanh: tf.tanh,
  Abs: tf.abs,
  Floor: tf.floor,
  Ceil: tf.ceil,
  Neg: tf.neg,
  Square: tf.square,
  Rsqrt: tf.rsqrt,
  Reciprocal: tf.reciprocal,
  Sigmoid: tf.sigmoid,
  Relu: tf.relu,
  Relu6: tf.relu6,
  Elu: tf.elu,
  Sign: tf.sign,
  Step: tf.step,
  IsNan: tf.isNaN,
  ClipByValue: (x) => tf.clipByValue(x, -1, 6),
  LeakyRelu: (x) => tf.leakyRelu(x, 0.3),
  Selu: tf.selu,
  Softplus: tf.softplus,
  Erf: tf.erf,
  Cast: (x) => tf.cast(x, 'bool'),
};
const two: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  Add: tf.add,
  Sub: tf.sub,
  Multiply: tf.mul,
  RealDiv: tf.div,
  Maximum: tf.maximum,
  Minimum: tf.minimum,
  Pow: tf.pow,
  SquaredDifference: tf.squaredDifference,
  Equal: tf.equal,
  NotEqual: tf.notEqual,
  Greater: tf.greater,
  GreaterEqual: tf.greaterEqual,
  Less: tf.less,
  LessEqual: tf.lessEqual,
  Prelu: tf.prelu,
};
const attrs = {
  Step: { alpha: 0 },
  ClipByValue: { clipValueMin: -1, clipValueMax: 6 },
  LeakyRelu: { alpha: 0.3 },
} as Record<string, Record<string, unknown>>;

function check(kernel: string, f: (...xs: tf.Tensor[]) => tf.Tensor, xs: tf.Tensor[]): void {
  const jitted = jit(f);
  try {
    const [found, own] = [jitted(...xs), f(...xs)];
    expect([found.dtype, found.shape]).toEqual([own.dtype, own.shape]);
    const operands = xs.map((_, i) => operand(i, 'n'));
    const defined = inKind(
      own.dtype === 'bool' ? 't' : 'n',
      KERNELS[kernel]!.define(operands, attrs[kernel] ?? {}),
    );
    const code = print(defined, ['a', 'b']);
    const define = new Function('a', 'b', `return Number(${code})`) as (a: number, b?: number) => number;
    const isExact = tf.getBackend() === 'cpu';
    const given = xs.map((x) => x.dataSync());
    const [ys, expected] = [found.dataSync(), own.dataSync()];
    ys.forEach((y, i) => {
      const [a, b] = given.map((list) => list[i]!) as [number, number?];
      const isClose = (z: number): boolean =>
        Object.is(y, z) ||
        y === z ||
        (!isExact && Math.abs(y - z) <= 5e-7 * Math.abs(z) + 2e-7 * bounded(kernel));
      if (!isClose(expected[i]!) && (isExact || !isClose(Math.fround(define(a, b)))))
        expect.fail(
          `${kernel}(${a}${b === undefined ? '' : `, ${b}`}) is ${y}, not ${expected[i]} or ${define(a, b)}`,
        );
    });
  } finally {
    jitted.dispose();
  }
}
/** Of a function that is defined by a sum that cancels, the error is bounded by one unit of 1; else relative, but below normal numbers. */
const bounded = (kernel: string): number =>
  ['Erf', 'Elu', 'Selu', 'Softplus', 'Sin', 'Cos'].includes(kernel) ? 1 : 1e-30;

describe('jitted elementwise kernels are the backend’s own', () => {
  it.each(Object.keys(one))('%s', (kernel) =>
    tf.tidy(() => check(kernel, one[kernel]! as never, [tf.tensor1d(values)])),
  );

  it.each(Object.keys(two))('%s', (kernel) =>
    tf.tidy(() => {
      const x = tf.tensor1d(values);
      const n = values.length;
      check(kernel, two[kernel]! as never, [
        tf.tile(x, [n]),
        tf.reshape(tf.tile(tf.reshape(x, [n, 1]), [1, n]), [-1]),
      ]);
    }),
  );

  it('LogicalAnd, LogicalOr, LogicalNot, Select, and casts of truths', () =>
    tf.tidy(() => {
      const [a, b] = [tf.tensor1d([0, 0, 1, 1, 1], 'bool'), tf.tensor1d([0, 1, 0, 1, 1], 'bool')];
      const [t, e] = [tf.tensor1d([1, 2, NaN, 4, 5]), tf.tensor1d([-1, Infinity, -3, -4, -5])];
      const f = (p: tf.Tensor, q: tf.Tensor, s: tf.Tensor, u: tf.Tensor): tf.Tensor[] => [
        tf.logicalAnd(p, q),
        tf.logicalOr(p, tf.logicalNot(q)),
        tf.where(tf.logicalAnd(p, tf.less(s, u)), s, u),
        tf.mul(tf.cast(p, 'float32'), 2.5),
        tf.equal(p, q),
      ];
      const jitted = jit(f);
      const [found, expected] = [jitted(a, b, t, e), f(a, b, t, e)];
      jitted.dispose();
      // wasm's own kernels (tfjs 4.22) write past truths that they select, and cast 0.5 to false and -1 to 255.
      const g = jit((p: tf.Tensor, q: tf.Tensor, s: tf.Tensor) => [
        tf.where(p, q, tf.logicalNot(q)),
        tf.cast(tf.cast(s, 'bool'), 'float32'),
      ]);
      const [chosen, truth] = g(a, b, tf.tensor1d([0, -0, 0.5, -1, NaN])) as [tf.Tensor, tf.Tensor];
      g.dispose();
      expect(Array.from(chosen.dataSync())).toEqual([1, 0, 0, 1, 1]);
      expect(Array.from(truth.dataSync())).toEqual([0, 0, 1, 1, 1]);
      found.forEach((y, i) => {
        expect(y.dtype).toBe(expected[i]!.dtype);
        expect(Array.from(y.dataSync())).toEqual(Array.from(expected[i]!.dataSync()));
      });
    }));

  it('Tile, as broadcasting and not', () =>
    tf.tidy(() => {
      const [x, y] = [tf.tensor2d([[1], [-2], [3]]), tf.tensor1d([1, 0, 1], 'bool')];
      const f = (s: tf.Tensor, t: tf.Tensor): tf.Tensor[] => [
        tf.exp(tf.tile(tf.neg(s), [1, 4])),
        tf.mul(tf.tile(tf.square(s), [2, 3]), 0.5),
        tf.logicalNot(tf.tile(tf.reshape(t, [1, 3]), [2, 1])),
      ];
      const jitted = jit(f);
      const [found, expected] = [jitted(x, y), f(x, y)];
      jitted.dispose();
      found.forEach((t, i) => {
        expect([t.dtype, t.shape]).toEqual([expected[i]!.dtype, expected[i]!.shape]);
        t.dataSync().forEach((v, k) => expect(v).toBeCloseTo(expected[i]!.dataSync()[k]!, 5));
      });
    }));

  it('covers every kernel of the table', () => {
    const tested = [
      ...Object.keys(one),
      ...Object.keys(two),
      'LogicalAnd',
      'LogicalOr',
      'LogicalNot',
      'Select',
      'Tile',
    ];
    expect(Object.keys(KERNELS).filter((kernel) => !tested.includes(kernel))).toEqual([]);
  });
});

describe('loops of every size', () => {
  it.each([0, 1, 2, 3, 4, 5, 7, 8, 33])('%d elements, numbers and truths', (n) =>
    tf.tidy(() => {
      const x = tf.tensor1d(Array.from({ length: n }, (_, i) => Math.sin(i)));
      const f = (t: tf.Tensor): tf.Tensor[] => {
        const isLarge = tf.greater(tf.abs(t), 0.5);
        return [isLarge, tf.where(isLarge, tf.sqrt(tf.abs(t)), tf.neg(t)), tf.logicalNot(isLarge)];
      };
      const jitted = jit(f);
      const [found, expected] = [jitted(x), f(x)];
      jitted.dispose();
      found.forEach((y, i) => expect(Array.from(y.dataSync())).toEqual(Array.from(expected[i]!.dataSync())));
    }),
  );

  it('what one of two joined loops reads and the other repeats comes before both', () =>
    tf.tidy(() => {
      const f = (x: tf.Tensor): tf.Tensor[] => {
        const s = tf.square(x);
        // More than a loop may read.
        const many = Array.from({ length: 20 }, (_, i) => tf.mul(s, i + 2));
        const m = tf.cumsum(s);
        return [tf.mul(tf.sqrt(s), m), many.reduce((y, t) => tf.div(tf.add(y, t), 2), m)];
      };
      const x = tf.tensor1d([0.5]);
      const jitted = jit(f);
      const found = jitted(x).map((y) => y.dataSync()[0]!);
      jitted.dispose();
      f(x).forEach((y, i) => expect(found[i]).toBeCloseTo(y.dataSync()[0]!, 5));
    }));

  it('truths that broadcast along rows, columns and all', () =>
    tf.tidy(() => {
      const truth = (shape: number[]): tf.Tensor =>
        tf.reshape(
          tf.tensor1d(
            Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i % 3 === 0),
            'bool',
          ),
          shape,
        );
      const f = (...[a, b, c, d]: tf.Tensor[]): tf.Tensor =>
        tf.logicalOr(tf.logicalAnd(a!, b!), tf.logicalAnd(tf.logicalNot(c!), d!));
      const xs = [truth([2, 3, 5]), truth([5]), truth([2, 1, 1]), truth([3, 1])];
      const jitted = jit(f);
      const [found, expected] = [jitted(...xs), f(...xs)];
      jitted.dispose();
      expect(Array.from(found.dataSync())).toEqual(Array.from(expected.dataSync()));
    }));
});
