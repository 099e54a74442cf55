import * as tf from '@tensorflow/tfjs-core';
import { describe, expect } from 'vitest';
import { grad, hessian, jvp, valueAndGrad } from '../../src';
import { close, cube, line, throws } from '../support/line';

type F = (x: tf.Tensor) => tf.Tensor;
type N = tf.Tensor | number;

const f = (x: N, y: N, z: N): tf.Tensor => tf.addN([tf.mul(x, 1), tf.mul(2, y), tf.mul(3, z)]);
const nth = (order: number, g: F): F => (order === 0 ? g : nth(order - 1, grad(g)));
const at = (g: F, x: number): tf.Tensor => g(tf.scalar(x));

describe('A. grad and valueAndGrad', () => {
  line('1. the first argument by default', () => close(grad(f)(1, 1, 1), 1));
  line('2. argnums: 1', () => close(grad(f, { argnums: 1 })(1, 1, 1), 2));
  line('3. order follows argnums, not position', () => close(grad(f, { argnums: [2, 0] })(1, 1, 1), [3, 1]));
  line('4. an array gives an array, even of length 1', () => close(grad(f, { argnums: [0] })(1, 1, 1), [1]));
  line('5. negative argnums count from the end', () => {
    close(grad(f, { argnums: -1 })(1, 1, 1), 3);
    close(grad(f, { argnums: [-1, -3] })(1, 1, 1), [3, 1]);
  });
  line('6. valueAndGrad with argnums', () =>
    close(valueAndGrad(f, { argnums: [2, 0] })(1, 1, 1), [6, [3, 1]]),
  );
  line('7. argnums out of range', () => {
    const call = grad(f, { argnums: 3 as 0 });
    throws(
      () => call(1, 1, 1),
      RangeError,
      /argnums=3 requires at least 4 positional arguments .*got only 3/,
    );
    throws(() => grad(f, { argnums: -4 as 0 })(1, 1, 1), RangeError, 'argnums=-4', 'got only 3');
  });
  line('8. a vector is no loss', () => {
    const hint = /Gradient only defined for scalar-output functions. Output had shape: \[3\].*sum\(\).*jac/s;
    const x = tf.tensor1d([0, 0, 0]);
    throws(() => grad((t: tf.Tensor) => t)(x), RangeError, hint);
  });
  line('9. nor is one of length 1', () => {
    const x = tf.scalar(1);
    throws(() => grad((t: tf.Tensor) => tf.stack([tf.square(t)]) as tf.Tensor)(x), RangeError, 'shape: [1]');
  });
  line('10. nor is a list of scalars', () =>
    throws(
      () => grad((x: N) => [x, x] as never)(1),
      TypeError,
      'Gradient only defined for scalar-output functions',
      '[*, *]',
    ),
  );
  line('11. integer primals', () => {
    const x = tf.scalar(3, 'int32');
    throws(
      () => grad((t: tf.Tensor) => tf.square(t))(x),
      TypeError,
      'requires float inputs, got int32',
      'argument 0',
    );
  });
  line('12. integer losses', () =>
    throws(() => grad((_: N) => tf.scalar(3, 'int32'))(3), TypeError, 'requires float outputs, got int32'),
  );
  line('13. a string', () =>
    throws(() => grad((x: string) => x as never)('foo'), TypeError, '"foo"', 'argument 0'),
  );
  line('14. hasAux', () => {
    const withList = (x: N): [tf.Tensor, [tf.Tensor]] => [tf.pow(x, 3), [tf.square(x)]];
    const withRecord = (x: N): [tf.Tensor, { s: tf.Tensor }] => [tf.pow(x, 3), { s: tf.square(x) }];
    close(grad(withList, { hasAux: true })(3), [27, [9]]);
    close(valueAndGrad(withRecord, { hasAux: true })(3), [[27, { s: 9 }], 27]);
  });
  line('15. hasAux wants a pair', () => {
    const call =
      (g: (x: N) => unknown): (() => unknown) =>
      () =>
        grad(g as never, { hasAux: true })(1 as never);
    for (const g of [(x: N) => x, (x: N) => [x], () => [1, 2, 3]]) throws(call(g), TypeError, 'two-element');
  });
  line('16. aux leaves are plain tensors, and anything else goes through', () => {
    const [g, aux] = grad(
      (x: tf.Tensor) => [tf.sum(tf.exp(x)), { x, twice: tf.mul(2, x), n: 3, s: 'text', none: null }],
      {
        hasAux: true,
      },
    )(tf.tensor1d([0, 1]));
    close(g, [1, Math.E]);
    close(tf.add(aux.x, aux.twice), [0, 3]);
    close(aux, { x: [0, 1], twice: [0, 2], n: 3, s: 'text', none: null });
    expect(aux.x.constructor).toBe(tf.Tensor);
    expect(aux.twice.isDisposed).toBe(false);
  });
  line('17. the aux of an inner grad is differentiated', () => {
    const inner = grad((z: tf.Tensor) => [cube(z), [cube(z)]] as [tf.Tensor, [tf.Tensor]], { hasAux: true });
    close(grad((x: tf.Tensor) => inner(x)[1][0])(tf.scalar(4)), 48);
  });
  line('18. a constant function', () => {
    close(grad((_: N) => 3)(2), 0);
    close(grad((_: { a: N }) => tf.scalar(3))({ a: tf.ones([2, 1]) }), { a: [[0], [0]] });
  });
  line('19. unused leaves get zeros, null stays', () => {
    const square = (p: { a: N; b: tf.Tensor | null }): tf.Tensor => tf.square(p.a);
    close(grad(square)({ a: 3, b: tf.ones([2]) }), { a: 6, b: [0, 0] });
    close(grad(square)({ a: 3, b: null }), { a: 6, b: null });
  });
  line('20. a pytree of parameters', () =>
    close(
      grad((p: { w: tf.Tensor; b: N }) => tf.mul(tf.sum(tf.square(p.w)), p.b))({
        w: tf.tensor1d([1, 2]),
        b: 3,
      }),
      { w: [6, 12], b: 5 },
    ),
  );
  line('21. third and sixth order', () => {
    close(
      at(
        nth(3, (x) => tf.mul(cube(x), x)),
        2,
      ),
      48,
    );
    close(
      at(
        nth(6, (x) => tf.div(1, x)),
        4,
      ),
      0.0439453125,
    );
    close(
      at(
        nth(6, (x) => tf.reciprocal(x)),
        4,
      ),
      0.0439453125,
    );
  });
  line('22. where tf.grad of tf.grad throws', () => {
    close(at(nth(2, tf.tanh), 0.5), -0.72686201);
    close(at(nth(3, tf.tanh), 0.5), -0.56520915);
    close(at(nth(2, tf.exp), 0.5), 1.64872122);
    close(at(nth(2, tf.sigmoid), 0.5), -0.0575568);
  });
  line('23. perturbations are not confused', () => {
    const inGrad: F = (x) => tf.mul(x, grad((y: N) => tf.add(x, y))(1));
    close(at(grad(inGrad), 1), 1);
    const inJvp: F = (x) => tf.mul(x, jvp((y: N) => tf.add(x, y), [1], [1])[1]);
    close(jvp(inJvp, [tf.scalar(1)], [tf.scalar(1)]), [1, 1]);
    close(at(grad(inJvp), 1), 1);
    close(jvp(inGrad, [tf.scalar(1)], [tf.scalar(1)]), [1, 1]);
  });
  line('24. closure over an outer tracer', () => {
    const g: F = (x) => tf.mul(x, grad((y: tf.Tensor) => tf.mul(x, tf.square(y)))(tf.scalar(2)));
    close(at(grad(g), 3), 24);
    close(at(grad(grad(g)), 3), 8);
  });
  line('25. prod with a zero, cumprod, logsumexp', () => {
    close(grad((x: tf.Tensor) => tf.prod(x))(tf.tensor1d([0, 2, 3])), [6, 0, 0]);
    close(grad((x: tf.Tensor) => tf.prod(x))(tf.tensor1d([0, 2, 0])), [0, 0, 0]);
    close(grad((x: tf.Tensor) => tf.sum(tf.cumprod(x)))(tf.tensor1d([1, 2, 3])), [9, 4, 2]);
    close(grad((x: tf.Tensor) => tf.logSumExp(x))(tf.tensor1d([0, 0])), [0.5, 0.5]);
    close(hessian((x: tf.Tensor) => tf.logSumExp(x))(tf.tensor1d([0, 0])), [
      [0.25, -0.25],
      [-0.25, 0.25],
    ]);
  });

  const silentlyWrong: [name: string, g: F, value: number][] = [
    ['x e^x', (x) => tf.mul(x, tf.exp(x)), 4.1218032],
    ['tanh^2', (x) => tf.square(tf.tanh(x)), 0.5652093],
    ['e^x + x^2', (x) => tf.add(tf.exp(x), tf.square(x)), 3.6487213],
    ['e^(2x) sin x', (x) => tf.mul(tf.exp(tf.mul(2, x)), tf.sin(x)), 13.451708],
    ['x tanh x', (x) => tf.mul(x, tf.tanh(x)), 1.2094645],
    ['x sigmoid x', (x) => tf.mul(x, tf.sigmoid(x)), 0.441229],
  ];
  for (const [name, g, value] of silentlyWrong) {
    line(`25b. the second derivative of ${name}, silently wrong in tfjs`, () => {
      close(at(nth(2, g), 0.5), value);
      close(
        at((x) => jvp(grad(g), [x], [tf.scalar(1)])[1], 0.5),
        value,
      );
      close(at(hessian(g) as F, 0.5), value);
    });
  }

  const gaps: [name: string, g: F, x: number[][], expected: number[][]][] = [
    [
      'where on a comparison',
      (x) => tf.sum(tf.where(tf.greater(x, 0), tf.square(x), tf.mul(-3, x))),
      [[-1, 2]],
      [[-3, 4]],
    ],
    [
      'einsum',
      (x) => tf.sum(tf.einsum('ij,kj->ik', x, tf.tensor2d([[1, 2]]))),
      [
        [3, 4],
        [5, 6],
      ],
      [
        [1, 2],
        [1, 2],
      ],
    ],
    ['cumprod', (x) => tf.sum(tf.cumprod(x, 1)), [[1, 2, 3]], [[9, 4, 2]]],
    [
      'stridedSlice',
      (x) => tf.sum(tf.square(tf.stridedSlice(x, [0, 0], [1, 5], [1, 2]))),
      [[1, 2, 3, 4, 5]],
      [[2, 0, 6, 0, 10]],
    ],
    ['topk', (x) => tf.sum(tf.square(tf.topk(x, 2).values)), [[1, 4, 3, 2]], [[0, 8, 6, 0]]],
    [
      'gatherND',
      (x) =>
        tf.sum(
          tf.square(
            tf.gatherND(
              x,
              tf.tensor2d(
                [
                  [0, 1],
                  [0, 1],
                  [0, 2],
                ],
                [3, 2],
                'int32',
              ),
            ),
          ),
        ),
      [[1, 2, 3]],
      [[0, 8, 6]],
    ],
  ];
  for (const [name, g, x, expected] of gaps)
    line(`25c. ${name}, which tfjs does not differentiate`, () => close(grad(g)(tf.tensor2d(x)), expected));
});

describe('beyond the list: grad', () => {
  line('JS numbers, 0-d tensors and Variables are arguments alike', () => {
    const v = tf.variable(tf.scalar(3));
    const square = (x: N): tf.Tensor => tf.square(x);
    close([grad(square)(3), grad(square)(tf.scalar(3)), grad(square)(v)], [6, 6, 6]);
    v.dispose();
  });
  line('arguments that are not differentiated may be anything', () => {
    const g = grad((x: tf.Tensor, power: string, take: (y: tf.Tensor) => tf.Tensor, index: tf.Tensor) =>
      power === 'two' ? tf.sum(tf.square(tf.gather(take(x), index))) : tf.sum(x),
    );
    close(
      g(tf.tensor1d([1, 2, 3]), 'two', (y) => tf.mul(y, 2), tf.tensor1d([2, 2], 'int32')),
      [0, 0, 48],
    );
  });
  line('an output that is the argument itself, twice', () => {
    close(grad((x: tf.Tensor) => x)(tf.scalar(5)), 1);
    close(valueAndGrad((x: tf.Tensor) => [x, x] as [tf.Tensor, tf.Tensor], { hasAux: true })(tf.scalar(5)), [
      [5, 5],
      1,
    ]);
  });
  line('the same tensor for two arguments', () => {
    const x = tf.scalar(3);
    close(grad((a: tf.Tensor, b: tf.Tensor) => tf.mul(a, tf.square(b)), { argnums: [0, 1] })(x, x), [9, 18]);
    expect(x.isDisposed).toBe(false);
  });
  line('a body that disposes what it made, and one that disposes its argument', () => {
    const tidyBody = (x: tf.Tensor): tf.Tensor => {
      const y = tf.exp(x);
      const z = tf.sum(tf.mul(y, y));
      y.dispose();
      return z;
    };
    close(grad(tidyBody)(tf.tensor1d([0, 1])), [2, 2 * Math.E ** 2]);
    const x = tf.tensor1d([0, 1]);
    const disposing = (t: tf.Tensor): tf.Tensor => {
      const z = tf.sum(tf.square(t));
      t.dispose();
      return z;
    };
    close(grad(disposing)(x), [0, 2]);
    expect(x.isDisposed).toBe(false);
  });
  line('mixed partial derivatives agree in either order', () => {
    const g = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.mul(tf.sin(x), tf.exp(tf.mul(x, y)));
    const xy = grad((x: tf.Tensor, y: tf.Tensor) => grad(g, { argnums: 1 })(x, y), { argnums: 0 });
    const yx = grad((x: tf.Tensor, y: tf.Tensor) => grad(g, { argnums: 0 })(x, y), { argnums: 1 });
    // d/dx (x sin x e^(xy)) = e^(xy) (sin x + x cos x + x y sin x)
    const [x, y] = [0.7, -0.3];
    const exact = Math.exp(x * y) * (Math.sin(x) + x * Math.cos(x) + x * y * Math.sin(x));
    close([xy(tf.scalar(x), tf.scalar(y)), yx(tf.scalar(x), tf.scalar(y))], [exact, exact]);
  });
});
