import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect } from 'vitest';
import {
  disableJit,
  evalShape,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jit,
  jvp,
  linearize,
  linearizeWithAux,
  makeJaxpr,
  vjp,
  vmap,
} from '../../src';
import { close, line, throws } from '../support/line';

type N = tf.Tensor | number;

/** A function that counts how often its body runs. */
function counted<A extends unknown[], Y>(f: (...args: A) => Y): ((...args: A) => Y) & { count: number } {
  const g = (...args: A): Y => {
    g.count++;
    return f(...args);
  };
  g.count = 0;
  return g;
}

/** Tidies do not see what a jitted function holds. */
function using<T extends { dispose(): void }>(jitted: T, body: (jitted: T) => void): void {
  try {
    body(jitted);
  } finally {
    jitted.dispose();
  }
}

describe('F. jit', () => {
  line('59. traced again for shapes and static arguments only', () => {
    const f = counted((x: N, y: N, flag: boolean) => (flag ? tf.add(tf.mul(10, x), y) : tf.mul(1, x)));
    using(jit(f, { staticArgnums: [2] }), (g) => {
      const calls: [args: [N, N, boolean], result: unknown, traces: number][] = [
        [[1, 2, true], 12, 1],
        [[3, 4, true], 34, 1],
        [[1, 2, false], 1, 2],
        [[tf.ones([2]), 2, true], [12, 12], 3],
        [[tf.ones([2]), 7, true], [17, 17], 3],
        [[1, 2, true], 12, 3],
      ];
      for (const [args, result, traces] of calls) {
        close(g(...args), result);
        expect(f.count).toBe(traces);
      }
    });
  });
  line('60. traced once under grad, vmap, and jit of these', () => {
    const x = tf.tensor1d([1, 2]);
    const cube = (t: tf.Tensor): tf.Tensor => tf.sum(tf.pow(t, 3));
    const ofJit = counted(cube);
    using(jit(ofJit), (inner) => {
      const g = grad(inner);
      close(
        [g(x), g(x)],
        [
          [3, 12],
          [3, 12],
        ],
      );
      expect(ofJit.count).toBe(1);
    });
    const both = counted(cube);
    using(jit(both), (inner) =>
      using(jit(grad(inner)), (g) => {
        close(
          [g(x), g(x)],
          [
            [3, 12],
            [3, 12],
          ],
        );
        expect(both.count).toBe(1);
      }),
    );
    const mapped = counted((t: tf.Tensor) => tf.square(t));
    using(jit(mapped), (inner) =>
      using(jit(vmap(inner)), (g) => {
        close(
          [g(x), g(x)],
          [
            [1, 4],
            [1, 4],
          ],
        );
        expect(mapped.count).toBe(1);
      }),
    );
  });
  line('61. types retrace, the order of keys does not, static values of different types differ', () => {
    const f = counted((x: tf.Tensor) => tf.add(x, x));
    using(jit(f), (g) => {
      close(
        [g(tf.scalar(1)), g(tf.scalar(1, 'int32')), g(tf.scalar(2)), g(tf.scalar(2, 'int32'))],
        [2, 2, 4, 4],
      );
      expect(f.count).toBe(2);
    });
    const keyed = counted((p: { a: N; b: N }) => tf.sub(p.a, p.b));
    using(jit(keyed), (g) => {
      close([g({ a: 1, b: 2 }), g({ b: 2, a: 1 })], [-1, -1]);
      expect(keyed.count).toBe(1);
    });
    const typed = counted((x: N, how: unknown) => tf.mul(x, how === 1 ? 1 : how === true ? 2 : 3));
    using(jit(typed, { staticArgnums: 1 }), (g) => {
      close([g(1, 1), g(1, true), g(1, '1'), g(1, 1.0), g(1, true)], [1, 2, 3, 1, 2]);
      expect(typed.count).toBe(3);
    });
  });
  line('62. negative staticArgnums; objects by identity', () => {
    using(
      jit((x: N, i: number) => tf.mul(x, i), { staticArgnums: -1 }),
      (g) => close([g(2, 0), g(2, 1), g(2, 2)], [0, 2, 4]),
    );
    const f = counted((x: N, options: { scale: number }) => tf.mul(x, options.scale));
    using(jit(f, { staticArgnums: [1] }), (g) => {
      const [two, otherTwo] = [{ scale: 2 }, { scale: 2 }];
      close([g(1, two), g(1, two), g(1, otherTwo)], [2, 2, 2]);
      expect(f.count).toBe(2);
    });
  });
  line('63. a choice that depends on data', () => {
    function positive(x: tf.Tensor): tf.Tensor {
      return x.dataSync()[0]! > 0 ? x : tf.neg(x);
    }
    const x = tf.scalar(-2);
    using(jit(positive), (g) => throws(() => g(x), Error, 'concrete value', 'jit(positive)', 'dataSync'));
    using(
      jit(async (t: tf.Tensor) => tf.scalar((await t.data())[0]!)),
      (g) => throws(() => g(x), TypeError, 'promise'),
    );
  });
  line('63b. disableJit runs eagerly, with its effects at each call', () => {
    const f = counted((x: tf.Tensor) => (x.dataSync()[0]! > 0 ? tf.mul(2, x) : tf.neg(x)));
    using(jit(f), (g) => {
      close(
        disableJit(() => [g(tf.scalar(3)), g(tf.scalar(-3))]),
        [6, 3],
      );
      expect(f.count).toBe(2);
    });
  });
  line('64. null and dictionaries go through untouched', () =>
    using(
      jit((p: { a: N; n: null }) => p),
      (g) => close(g({ a: 1, n: null }), { a: 1, n: null }),
    ),
  );
  line('65. linearize', () => {
    const f = (x: N): tf.Tensor => tf.add(tf.mul(3, tf.sin(x)), tf.cos(tf.div(x, 2)));
    const [y, lin] = linearize(f, 2);
    close([y, lin(1), lin(2)], [3.26819444, -1.66917598, -3.33835196]);
    const withAux = (x: tf.Tensor): [tf.Tensor, tf.Tensor] => [tf.sub(tf.mul(x, 2), 3), tf.greater(x, 0)];
    const [value, map, aux] = linearizeWithAux(withAux, tf.scalar(3.4) as tf.Tensor);
    close([value, map(tf.scalar(5)), aux], [3.8, 10, 1]);
    expect(aux.dtype).toBe('bool');
    const three = tf.ones([3]);
    throws(() => map(three), RangeError, 'inconsistent', 'float32[3]', 'float32[]');
    const whole = tf.scalar(1, 'int32');
    throws(() => map(whole), TypeError, 'inconsistent', 'int32[]', 'float32[]');
    throws(() => (map as (...ts: unknown[]) => unknown)(three, three), TypeError, 'inconsistent');
    const [seven, zero] = linearize((_: tf.Tensor) => tf.scalar(7) as tf.Tensor, tf.ones([2]));
    close([seven, zero(tf.ones([2]))], [7, 0]);
  });
  line('66. makeJaxpr and evalShape', () => {
    const x = tf.scalar(1);
    const jaxpr = makeJaxpr((t: tf.Tensor) => tf.mul(tf.sin(t), t))(x);
    expect(jaxpr.equations.map(({ kernel }) => kernel)).toEqual(['Sin', 'Multiply']);
    expect(jaxpr.inputs.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual([
      { shape: [], dtype: 'float32' },
    ]);
    expect(jaxpr.outputs.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual([
      { shape: [], dtype: 'float32' },
    ]);
    const unused = makeJaxpr((t: tf.Tensor) => {
      tf.exp(t);
      return tf.sin(t);
    })(x);
    expect(unused.equations.map(({ kernel }) => kernel)).toEqual(['Sin']);
    const statics = makeJaxpr((t: tf.Tensor, n: number) => tf.pow(t, n), { staticArgnums: 1 })(x, 3);
    expect(statics.inputs).toHaveLength(1);

    let ran = 0;
    const spied = tf.engine() as unknown as { runKernel: (...args: unknown[]) => unknown };
    const native = Object.getPrototypeOf(spied).runKernel as (...args: unknown[]) => unknown;
    spied.runKernel = function (...args) {
      ran++;
      return native.apply(this, args);
    };
    try {
      const shape = evalShape(
        (a: tf.Tensor, b: tf.Tensor) => tf.dot(a, b),
        { shape: [2000, 3000], dtype: 'float32' },
        { shape: [3000], dtype: 'float32' },
      );
      expect(shape).toEqual({ shape: [2000], dtype: 'float32' });
    } finally {
      delete (spied as Partial<typeof spied>).runKernel;
    }
    expect(ran).toBe(0);
  });
});

describe('67. the stress function of autodidax: nested jit and jvp, closures over several levels', () => {
  type F = (x: tf.Tensor) => tf.Tensor;
  const jitted: { dispose(): void }[] = [];
  afterEach(() => jitted.splice(0).forEach((g) => g.dispose()));

  function compiled<A extends unknown[], Y>(f: (...args: A) => Y): (...args: A) => Y {
    const g = jit(f as (...args: any[]) => Y) as ((...args: A) => Y) & { dispose(): void };
    jitted.push(g);
    return g;
  }

  /** 2 x + 4 x^2 + x^2 sin x. */
  function foo(x: tf.Tensor): tf.Tensor {
    const bar = (y: tf.Tensor): tf.Tensor => {
      const baz = (w: tf.Tensor): tf.Tensor => {
        const terms = [
          compiled((_: tf.Tensor) => y)(x),
          compiled(() => y)(),
          compiled((v: tf.Tensor) => tf.add(w, v))(y),
          compiled((_: N) => tf.mul(compiled((t: tf.Tensor) => tf.sin(t))(x), y))(1),
        ];
        return tf.addN(terms);
      };
      const [p, t] = jvp(baz, [tf.add(x, 1)], [y]);
      return tf.add(t, tf.mul(x, p));
    };
    return compiled(bar)(x);
  }

  const forward =
    (f: F): F =>
    (x) =>
      jvp(f, [x], [tf.scalar(1)])[1];
  const linear =
    (f: F): F =>
    (x) =>
      linearize(f, x)[1](tf.scalar(1)) as tf.Tensor;
  const backward =
    (f: F): F =>
    (x) =>
      vjp(f, x)[1](1)[0];

  const value: Record<string, F> = { foo, 'jit(foo)': (x) => compiled(foo)(x) };
  for (const [name, f] of Object.entries(value))
    line(`67. ${name}(3)`, () => close(f(tf.scalar(3)), 43.27008));

  const first: Record<string, F> = {
    grad: grad(foo),
    jvp: forward(foo),
    linearize: linear(foo),
    vjp: backward(foo),
    'jit(grad)': (x) => compiled(grad(foo))(x),
    'grad(jit)': (x) => grad(compiled(foo))(x),
    'jvp(jit)': (x) => forward(compiled(foo))(x),
    'jit(jvp)': (x) => compiled(forward(foo))(x),
    jacfwd: jacfwd(foo) as F,
    jacrev: jacrev(foo) as F,
  };
  for (const [name, f] of Object.entries(first))
    line(`67. the derivative at 3 by ${name}`, () => close(f(tf.scalar(3)), 17.936787));

  const second: Record<string, F> = {
    'grad(grad)': grad(grad(foo)),
    'jvp(grad)': forward(grad(foo)),
    'grad(jvp)': grad(forward(foo)),
    'jvp(jvp)': forward(forward(foo)),
    'jvp(linearize)': forward(linear(foo)),
    'linearize(grad)': linear(grad(foo)),
    'vjp(vjp)': backward(backward(foo)),
    'jacfwd(jacrev)': jacfwd(jacrev(foo) as F) as F,
    'jacrev(jacfwd)': jacrev(jacfwd(foo) as F) as F,
    'jacrev(jacrev)': jacrev(jacrev(foo) as F) as F,
    'jacfwd(jacfwd)': jacfwd(jacfwd(foo) as F) as F,
    hessian: hessian(foo) as F,
    'jit(hessian)': (x) => compiled(hessian(foo) as F)(x),
    'hessian(jit)': (x) => (hessian(compiled(foo)) as F)(x),
    'jit(grad(jit(grad)))': (x) => compiled(grad(compiled(grad(foo))))(x),
    hvp: (x) => hvp(foo, [x], [tf.scalar(1)])[0],
  };
  for (const [name, f] of Object.entries(second))
    line(`67. the second derivative at 3 by ${name}`, () => close(f(tf.scalar(3)), -4.86775));

  const mapped: Record<string, F> = {
    vmap: vmap(foo),
    'jit(vmap)': (x) => compiled(vmap(foo))(x),
    'vmap(jit)': (x) => vmap(compiled(foo))(x),
  };
  for (const [name, f] of Object.entries(mapped)) {
    line(`67. ${name} over [1, 2, 3]`, () =>
      close(f(tf.tensor1d([1, 2, 3])), [6.8414707, 23.63719, 43.27008]),
    );
  }
  const orders: Record<string, F> = {
    'jit(vmap(grad))': (x) => compiled(vmap(grad(foo)))(x),
    'vmap(jit(grad))': (x) => vmap(compiled(grad(foo)))(x),
    'vmap(grad(jit))': (x) => vmap(grad(compiled(foo)))(x),
    'grad(sum(vmap))': (x) => grad((t: tf.Tensor) => tf.sum(vmap(foo)(t)))(x),
    'grad(sum(jit(vmap)))': (x) => grad((t: tf.Tensor) => tf.sum(compiled(vmap(foo))(t)))(x),
  };
  for (const [name, f] of Object.entries(orders)) {
    line(`67. ${name} over [1, 2, 3]`, () =>
      close(
        f(tf.tensor1d([1, 2, 3])),
        [1, 2, 3].map((x) => 2 + 8 * x + 2 * x * Math.sin(x) + x * x * Math.cos(x)),
      ),
    );
  }
});
