import * as tf from '@tensorflow/tfjs-core';
import { describe, expect } from 'vitest';
import { customVjp, grad, hessian, jacfwd, jacrev, jit, jvp, valueAndGrad, vmap } from '../../src';
import { close, line, throws } from '../support/line';

type F = (x: tf.Tensor) => tf.Tensor;
type N = tf.Tensor | number;

/** sin, with twice the cosine for its derivative, so that it shows whose derivative was taken. */
const f = customVjp((x: N) => tf.sin(x), {
  fwd: (x) => [tf.sin(x), x],
  bwd: (x: tf.Tensor, ct: tf.Tensor) => [tf.mul(ct, tf.mul(2, tf.cos(x)))],
});

describe('G. customVjp', () => {
  line('68. value, gradient, and the derivative of the derivative', () => {
    close(f(3), 0.14112);
    close(grad(f)(3), -1.979985);
    close(valueAndGrad(f)(3), [0.14112, -1.979985]);
    close(grad(grad(f) as F)(tf.scalar(3)), -0.28224);
    close(jacrev(jacrev(f) as F)(tf.scalar(3)), -0.28224);
  });
  line('69. under vmap and jit', () => {
    const [xs, three] = [tf.tensor1d([0, 1, 2]), tf.scalar(3)];
    const expected = [2, 1.08060455, -0.83229369];
    close(vmap(grad(f))(xs), expected);
    close(grad((x: tf.Tensor) => tf.sum(vmap(f)(x)))(xs), expected);
    const jitted = [jit(grad(f)), jit(f)] as const;
    close([jitted[0](three), grad(jitted[1])(three)], [-1.979985, -1.979985]);
    jitted.forEach((g) => g.dispose());
  });
  line('70. forward mode is refused, but over reverse mode it differentiates fwd and bwd', () => {
    const [one, three] = [tf.scalar(1), tf.scalar(3)];
    const message = "can't apply forward-mode differentiation (jvp) to a customVjp function";
    throws(() => jvp(f, [three], [one]), TypeError, message);
    throws(() => jacfwd(f)(three), TypeError, message);
    // Over a pullback it goes through fwd and bwd, which are ordinary functions.
    close(hessian(f)(three), -0.28224);
    close(jvp(grad(f) as F, [three], [one])[1], -0.28224);
  });
  line('71. nondiffArgnums, and residuals that are trees', () => {
    const app = customVjp((g: F, x: tf.Tensor) => g(x), {
      fwd: (g, x) => [g(x), x],
      bwd: (_: F, x: tf.Tensor, ct: tf.Tensor) => [tf.mul(ct, tf.cos(x))],
      nondiffArgnums: [0],
    });
    const double: F = (x) => tf.mul(2, x);
    close(app(double, tf.scalar(1)), 2);
    close(grad((x: tf.Tensor) => app(double, x))(tf.scalar(1)), 0.54030228);
    close(grad(app, { argnums: 1 })(double, tf.scalar(1)), 0.54030228);
    const records = customVjp((p: { a: N }) => ({ b: tf.sin(p.a) }), {
      fwd: (p) => [{ b: tf.sin(p.a) }, { p, list: [tf.cos(p.a)] }],
      bwd: (res: { list: tf.Tensor[] }, ct: { b: tf.Tensor }) => [
        { a: tf.mul(ct.b, tf.mul(2, res.list[0]!)) },
      ],
    });
    close(records({ a: 3 }), { b: 0.14112 });
    close(grad((p: { a: N }) => records(p).b)({ a: 3 }), { a: -1.979985 });
  });
  line('72. null from bwd is zero, for an argument and inside of one', () => {
    const nn = customVjp((x: N, y: N) => tf.add(tf.sin(x), tf.mul(0, y)), {
      fwd: (x, _) => [tf.sin(x), x],
      bwd: (x: tf.Tensor, ct: tf.Tensor) => [tf.mul(ct, tf.mul(2, tf.cos(x))), null],
    });
    close(grad((x: N) => nn(x, x))(3), -1.979985);
    const pair = customVjp(
      (p: [N, { y: N; z: N }]) => tf.add(tf.sin(p[0]), tf.mul(0, tf.add(p[1].y, p[1].z))),
      {
        fwd: (p) => [tf.sin(p[0]), p[0]],
        bwd: (x: tf.Tensor, ct: tf.Tensor) => [[tf.mul(ct, tf.mul(2, tf.cos(x))), null]],
      },
    );
    close(grad(pair)([3, { y: 1, z: 2 }]), [-1.979985, { y: 0, z: 0 }]);
    const half = customVjp((p: [N, { y: N; z: N }]) => tf.add(p[0], p[1].y), {
      fwd: (p) => [tf.add(p[0], p[1].y), null],
      bwd: (_: null, ct: tf.Tensor) => [[null, { y: ct, z: null }]],
    });
    close(grad(half)([3, { y: 1, z: 2 }]), [0, { y: 1, z: 0 }]);
  });
  line('73. rules that do not fit', () => {
    const x = tf.ones([4]);
    const three = tf.ones([3]);
    const of = (
      bwd: (...args: never[]) => unknown,
      fwd: (...args: never[]) => unknown = (t: N, u: N) => [tf.add(t, u), null],
    ): F => {
      const g = customVjp(
        function pick(t: tf.Tensor, u: tf.Tensor) {
          return tf.add(t, u);
        },
        { fwd: fwd as never, bwd: bwd as never },
      );
      return grad((t: tf.Tensor) => tf.sum(g(t, t)));
    };
    const cases: [F, new (...args: any[]) => Error, ...(string | RegExp)[]][] = [
      [of((_, ct) => [ct]), TypeError, 'customVjp(pick): bwd', '1 cotangents', '2'],
      [of((_, ct) => [ct, ct, ct]), TypeError, 'bwd', '3 cotangents', '2'],
      [of((_, ct) => ct), TypeError, 'bwd must return an array', 'a tensor float32[4]'],
      [of((_, ct) => [ct, [ct]]), TypeError, 'bwd', 'output[1]', 'an array of length 1'],
      [of((_, ct) => [ct, three]), RangeError, 'bwd', 'output[1]', '[3]', '[4]'],
      [of((_, ct) => [ct, 'zero']), TypeError, 'bwd', 'output[1]', '"zero"'],
      [of((_, ct) => [ct, tf.cast(ct, 'int32')]), TypeError, 'bwd', 'output[1]', 'int32'],
      [
        of(
          (_, ct) => [ct, ct],
          (t) => t,
        ),
        TypeError,
        'fwd must return a pair',
        'a tensor float32[4]',
      ],
      [
        of(
          (_, ct) => [ct, ct],
          (t, u) => [tf.add(t, u)],
        ),
        TypeError,
        'fwd must return a pair',
        'length 1',
      ],
      [
        of(
          (_, ct) => [ct, ct],
          (t, u) => [tf.concat([t, u]), null],
        ),
        RangeError,
        'fwd: output is float32[8]',
        "the function's output there is float32[4]",
      ],
      [
        of(
          (_, ct) => [ct, ct],
          (t, u) => [tf.cast(tf.add(t, u), 'int32'), null],
        ),
        TypeError,
        'fwd: output is int32[4]',
      ],
      [
        of(
          (_, ct) => [ct, ct],
          (t, u) => [[t, u], null],
        ),
        TypeError,
        'fwd must return [output, residuals]',
      ],
    ];
    for (const [g, errorClass, ...fragments] of cases) throws(() => g(x), errorClass, ...fragments);
    throws(() => customVjp(f, {} as never), TypeError, 'No VJP defined', 'fwd', 'bwd');
    throws(() => customVjp(f, undefined as never), TypeError, 'No VJP defined');
    throws(() => customVjp(f, { fwd: f } as never), TypeError, 'No VJP defined', 'bwd: undefined');
  });
  line('74. a gradient clipped on its way', () => {
    const clip = customVjp((_low: number, _high: number, x: tf.Tensor) => tf.clone(x), {
      fwd: (_low, _high, x) => [tf.clone(x), null],
      bwd: (low: number, high: number, _: null, ct: tf.Tensor) => [tf.clipByValue(ct, low, high)],
      nondiffArgnums: [0, 1],
    });
    close(grad((x: tf.Tensor) => tf.mul(5, clip(-1, 1, x)))(tf.scalar(2)), 1);
    close(grad((x: tf.Tensor) => tf.mul(0.5, clip(-1, 1, x)))(tf.scalar(2)), 0.5);
  });
});

describe('beyond the list: customVjp', () => {
  line('errors of bwd name the argument and the path in it', () => {
    const p = { w: tf.ones([2]), b: [tf.ones([3])] };
    const of = (ct: unknown): (() => unknown) => {
      const g = customVjp((q: typeof p, x: N) => tf.mul(tf.add(tf.sum(q.w), tf.sum(q.b[0]!)), x), {
        fwd: (q) => [tf.sum(q.w) as tf.Tensor, null],
        bwd: () => [null, ct].reverse(),
      });
      return () => grad(g)(p, 1);
    };
    const [two, three] = [tf.ones([2]), tf.ones([3])];
    close(of({ w: two, b: [three] })(), { w: [1, 1], b: [[1, 1, 1]] });
    close(of({ w: two, b: null })(), { w: [1, 1], b: [[0, 0, 0]] });
    throws(of({ w: two, b: [two] }), RangeError, 'output[0] at "b/0"', '[2]', '[3]');
    throws(of({ w: two }), TypeError, 'output[0]', 'keys b, w', 'keys w');
    throws(of(two), TypeError, 'output[0] is', 'float32[2]', '{b: [*], w: *}');
    throws(of({ w: two, b: three }), TypeError, 'output[0] at "b"', 'float32[3]', '[*]');
  });
  line('several outputs, of which one goes unused', () => {
    const two = customVjp((x: tf.Tensor) => [tf.sin(x), tf.cos(x)] as const, {
      fwd: (x) => [[tf.sin(x), tf.cos(x)] as const, x],
      bwd: (x: tf.Tensor, [a, b]: readonly [tf.Tensor, tf.Tensor]) => [tf.add(tf.mul(a, x), tf.mul(10, b))],
    });
    close(grad((x: tf.Tensor) => two(x)[0])(tf.scalar(3)), 3);
    close(grad((x: tf.Tensor) => tf.add(two(x)[0], two(x)[1]))(tf.scalar(3)), 13);
  });
  line('an inner value of an outer differentiation', () => {
    const g = (w: tf.Tensor): tf.Tensor => {
      const scaled = customVjp((x: tf.Tensor) => tf.square(x), {
        fwd: (x) => [tf.square(x), x],
        bwd: (x: tf.Tensor, ct: tf.Tensor) => [tf.mul(ct, tf.mul(w, x))],
      });
      // Its gradient w x is differentiated in both: d/dw (w x at x = w) = 2 w.
      return grad((x: tf.Tensor) => scaled(x))(w);
    };
    close(grad(g)(tf.scalar(3)), 6);
  });
  line('a batch with an argument that the examples share', () => {
    const scale = customVjp((w: tf.Tensor, x: tf.Tensor) => tf.mul(w, x), {
      fwd: (w, x) => [tf.mul(w, x), { w, x }],
      bwd: ({ w, x }: { w: tf.Tensor; x: tf.Tensor }, ct: tf.Tensor) => [
        tf.mul(3, tf.mul(ct, x)),
        tf.mul(ct, w),
      ],
    });
    const xs = tf.tensor1d([1, 2, 4]);
    const total = (w: tf.Tensor): tf.Tensor => tf.sum(vmap((x: tf.Tensor) => scale(w, x))(xs));
    close(grad(total)(tf.scalar(5)), 21);
    close(vmap(grad(scale), { inAxes: [null, 0] })(tf.scalar(5), xs), [3, 6, 12]);
  });
  line('an error in fwd or bwd comes through', () => {
    const x = tf.scalar(1);
    const failing = (where: 'fwd' | 'bwd'): F =>
      grad(
        customVjp((t: tf.Tensor) => tf.sin(t), {
          fwd: (t) => {
            if (where === 'fwd') throw new RangeError('from fwd');
            return [tf.sin(t), tf.exp(t)];
          },
          bwd: (_: tf.Tensor, ct: tf.Tensor) => {
            tf.exp(ct);
            throw new RangeError('from bwd');
          },
        }),
      );
    throws(() => failing('fwd')(x), RangeError, 'from fwd');
    throws(() => failing('bwd')(x), RangeError, 'from bwd');
    expect(failing).toBeTypeOf('function');
  });
});
