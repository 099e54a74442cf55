import * as tf from '@tensorflow/tfjs-core';
import { describe, expect } from 'vitest';
import { grad, hessian, hvp, jacfwd, jacrev, jvp, vjp } from '../../src';
import { close, cube, line, throws } from '../support/line';

type N = tf.Tensor | number;
type F = (x: tf.Tensor) => tf.Tensor;
type Jacobian = typeof jacrev;

// tidy: the types of both are the same, and every line is about both.
const modes: [name: string, jac: Jacobian][] = [
  ['jacfwd', jacfwd as Jacobian],
  ['jacrev', jacrev],
];
const element = (x: tf.Tensor, i: number): tf.Tensor => tf.squeeze(tf.slice(x, [i], [1]));

describe.each(modes)('D. Jacobians: %s', (_, jac) => {
  line('35. not square', () => {
    const A = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const product = (x: tf.Tensor): tf.Tensor => tf.dot(tf.tensor2d(A), x);
    close(jac(product)(tf.tensor1d([1, 1, 1])), A);
  });
  line('36. shapes: output, then input', () => {
    const weights = tf.tensor(
      Array.from({ length: 120 }, (_, i) => i / 7 - 3),
      [20, 6],
    );
    const f: F = (x) => tf.reshape(tf.matMul(weights, tf.reshape(x, [6, 1])), [4, 5]);
    const found = jac(f)(tf.ones([2, 3]));
    expect(found.shape).toEqual([4, 5, 2, 3]);
    close(tf.reshape(found, [20, 6]), weights.arraySync());
  });
  line('37. pytrees and argnums', () => {
    const pair = (x: N, y: N): [N, N] => [x, y];
    close(jac(pair)(0, 1), [1, 0]);
    close(jac(pair, { argnums: 1 })(0, 1), [0, 1]);
    close(jac(pair, { argnums: -1 })(0, 1), [0, 1]);
    close(jac(pair, { argnums: [0, 1] })(0, 1), [
      [1, 0],
      [0, 1],
    ]);
  });
  line('38. the output tree outermost', () =>
    close(
      jac((x: tf.Tensor, y: tf.Tensor) => ({ x, xy: tf.outerProduct(x as tf.Tensor1D, y as tf.Tensor1D) }))(
        tf.tensor1d([1, 2]),
        tf.tensor1d([3, 4, 5]),
      ),
      {
        x: [
          [1, 0],
          [0, 1],
        ],
        xy: [
          [
            [3, 0],
            [4, 0],
            [5, 0],
          ],
          [
            [0, 3],
            [0, 4],
            [0, 5],
          ],
        ],
      },
    ),
  );
  line('39. the input tree below each output', () =>
    close(jac((p: { a: tf.Tensor; b: N }) => tf.mul(p.a, p.b))({ a: tf.tensor1d([1, 2]), b: 3 }), {
      a: [
        [3, 0],
        [0, 3],
      ],
      b: [1, 2],
    }),
  );
  line('40. hasAux; integer input', () => {
    close(jac((x: tf.Tensor) => [cube(x), [tf.square(x)]] as const, { hasAux: true })(tf.scalar(3)), [
      27,
      [9],
    ]);
    const whole = tf.scalar(3, 'int32');
    throws(() => jac(cube)(whole), TypeError, 'requires float inputs, got int32', 'argument 0');
  });
});

describe('D. Hessians', () => {
  line('41. quadratic form, scalar, shapes', () => {
    const A = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const form: F = (x) => tf.dot(x, tf.dot(A, x));
    close(hessian(form)(tf.tensor1d([0.3, -2])), [
      [2, 5],
      [5, 8],
    ]);
    close(hessian(cube)(tf.scalar(2)), 12);
    const shaped = hessian((x: tf.Tensor) => tf.sum(cube(x)))(tf.ones([2, 3]));
    expect(shaped.shape).toEqual([2, 3, 2, 3]);
    close(tf.reshape(shaped, [6, 6]), tf.mul(6, tf.eye(6)).arraySync());
  });
  line('42. structure, argnums, aux', () => {
    const f = (p: { a: N; b: N }): tf.Tensor => tf.mul(tf.square(p.a), p.b);
    close(hessian(f)({ a: 2, b: 3 }), { a: { a: 6, b: 4 }, b: { a: 4, b: 0 } });
    const g = (x: N, y: N): tf.Tensor => tf.mul(tf.square(x), tf.pow(y, 3));
    close(hessian(g, { argnums: [0, 1] })(2, 3), [
      [54, 108],
      [108, 72],
    ]);
    close(
      hessian((x: tf.Tensor) => [cube(x), { s: tf.square(x) }] as const, { hasAux: true })(tf.scalar(2)),
      [12, { s: 4 }],
    );
  });
  line('43. Rosenbrock, by every pair of modes', () => {
    const rosenbrock: F = (p) => {
      const [x, y] = [element(p, 0), element(p, 1)];
      return tf.add(tf.square(tf.sub(1, x)), tf.mul(100, tf.square(tf.sub(y, tf.square(x)))));
    };
    const expected = [
      [802, -400],
      [-400, 200],
    ];
    const at = tf.tensor1d([1, 1]);
    close(hessian(rosenbrock)(at), expected);
    for (const [, outer] of modes) {
      for (const [, inner] of modes) close(outer(inner(rosenbrock) as F)(at), expected);
      close(outer(grad(rosenbrock))(at), expected);
    }
  });
  line('44. Hessian-vector products, three ways and hvp', () => {
    const f: F = (x) => tf.sum(cube(x));
    const [x, v] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([1, 0, -1])];
    const expected = [6, 0, -18];
    close(jvp(grad(f), [x], [v])[1], expected);
    close(grad((t: tf.Tensor) => tf.dot(grad(f)(t), v))(x), expected);
    close(grad((t: tf.Tensor) => jvp(f, [t], [v])[1])(x), expected);
    close(vjp(grad(f), x)[1](v)[0], expected);
    close(hvp(f, [x], [v]), [expected]);
  });
  line('45. Gauss-Newton product J^T J v', () => {
    const g: F = (x) =>
      tf.stack([tf.mul(element(x, 0), element(x, 1)), tf.sin(element(x, 0)), tf.square(element(x, 1))]);
    const [x, v] = [tf.tensor1d([1, 2]), tf.tensor1d([1, -1])];
    const expected = [2.2919266, -15];
    close(vjp(g, x)[1](jvp(g, [x], [v])[1])[0], expected);
    const J = jacrev(g)(x);
    close(tf.dot(tf.transpose(J), tf.dot(J, v)), expected);
  });

  const X = (): tf.Tensor => tf.reshape(tf.div(tf.range(0, 9), 9), [3, 3]);
  const K = (): tf.Tensor =>
    tf.tensor2d([
      [1, -1],
      [0.5, 2],
    ]);
  const conv = (x: tf.Tensor, k: tf.Tensor): tf.Tensor =>
    tf.reshape(
      tf.conv2d(
        tf.reshape(x, [1, 3, 3, 1]) as tf.Tensor4D,
        tf.reshape(k, [2, 2, 1, 1]) as tf.Tensor4D,
        1,
        'valid',
      ),
      [2, 2],
    );
  line('46. a convolution, second order', () => {
    const loss: F = (k) => tf.sum(tf.square(tf.tanh(conv(X(), k))));
    close(grad(loss)(K()), [
      [0.17747179, 0.34344786],
      [0.67540008, 0.84137619],
    ]);
    const H = hessian(loss)(K());
    const diagonal = tf.sum(tf.mul(tf.reshape(H, [4, 4]), tf.eye(4)), 0);
    close(diagonal, [-0.09370928, -0.18196866, -0.49365434, -0.71708065]);
    const expected = [
      [-0.63776338, -0.94944906],
      [-1.57282043, -1.88450599],
    ];
    close(hvp(loss, [K()], [tf.ones([2, 2])]), [expected]);
    close(tf.sum(H, [2, 3]), expected);
    close(grad((k: tf.Tensor) => tf.sum(grad(loss)(k)))(K()), expected);
  });
  line('47. a gradient penalty through a convolution', () => {
    const penalty: F = (k) => tf.sum(tf.square(grad((x: tf.Tensor) => tf.sum(tf.tanh(conv(x, k))))(X())));
    close(penalty(K()), 1.82032037);
    close(grad(penalty)(K()), [
      [0.26386511, -0.91732424],
      [-1.18176842, -1.44718814],
    ]);
  });
  line('48. max pooling, second order', () => {
    const loss: F = (x) =>
      tf.sum(cube(tf.maxPool(tf.reshape(x, [1, 3, 3, 1]) as tf.Tensor4D, 2, 1, 'valid')));
    const H = tf.reshape(hessian(loss)(X()), [9, 9]);
    const expected = [0, 0, 0, 0, 2.6666667, 3.3333333, 0, 4.6666667, 5.3333333];
    close(tf.sum(tf.mul(H, tf.eye(9)), 0), expected);
    close(tf.sum(H, 0), expected);
    close(tf.reshape(hvp(loss, [X()], [tf.ones([3, 3])])[0], [9]), expected);
  });
  line('49. einsum with one tensor twice; gather', () => {
    const f: F = (x) => tf.sum(tf.einsum('ij,jk->ik', x, x));
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    close(grad(f)(x), [
      [7, 11],
      [9, 13],
    ]);
    close(tf.squeeze(tf.slice(hessian(f)(x), [0, 0, 0, 0], [1, 1, 2, 2])), [
      [2, 1],
      [1, 0],
    ]);
    const g: F = (w) => tf.sum(cube(tf.gather(w, tf.tensor1d([0, 1, 0], 'int32'))));
    close(hessian(g)(tf.tensor1d([1, 2])), [
      [12, 0],
      [0, 12],
    ]);
  });
  line('50. softmax', () => {
    const H = hessian((x: tf.Tensor) => element(tf.softmax(x), 0))(
      tf.tensor1d([0, 1, 2]),
    ).arraySync() as number[][];
    close(H[0], [0.06717355, -0.01806575, -0.0491078]);
    close([H[1]![1], H[1]![2], H[2]![2]], [-0.01124882, 0.02931457, 0.01979323]);
    close([H[1]![0], H[2]![0], H[2]![1]], [H[0]![1], H[0]![2], H[1]![2]]);
  });
});

describe('beyond the list: Jacobians', () => {
  line('of a function of and to several trees, non-square, both modes agree with each other', () => {
    const f = (p: { w: tf.Tensor; b: tf.Tensor }, x: tf.Tensor): { y: tf.Tensor; s: [tf.Tensor] } => ({
      y: tf.tanh(tf.add(tf.matMul(x, p.w), p.b)),
      s: [tf.sum(tf.square(p.w))],
    });
    const p = {
      w: tf.tensor2d([
        [0.1, -0.4],
        [0.7, 0.2],
        [-0.3, 0.5],
      ]),
      b: tf.tensor1d([0.2, -0.1]),
    };
    const x = tf.tensor2d([[1, 2, -1]]);
    const [forward, reverse] = [jacfwd(f, { argnums: [0, 1] })(p, x), jacrev(f, { argnums: [0, 1] })(p, x)];
    expect(forward.y[0].w.shape).toEqual([1, 2, 3, 2]);
    expect(forward.y[1].shape).toEqual([1, 2, 1, 3]);
    expect(forward.s[0][0].b.shape).toEqual([2]);
    const plain = (tree: typeof forward): unknown =>
      [tree.y[0].w, tree.y[0].b, tree.y[1], tree.s[0][0].w, tree.s[0][0].b, tree.s[0][1]].map((t) =>
        t.arraySync(),
      );
    close(plain(forward), plain(reverse));
  });
  line('a constant output, and one that is the input', () => {
    for (const [, jac] of modes) {
      close(jac((x: tf.Tensor) => [tf.zeros([2]), x] as const)(tf.tensor1d([1, 2, 3])), [
        [
          [0, 0, 0],
          [0, 0, 0],
        ],
        [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      ]);
    }
  });
  line('an integer output is refused', () => {
    const x = tf.tensor1d([1, 2]);
    for (const [, jac] of modes) throws(() => jac((t: tf.Tensor) => tf.argMax(t))(x), TypeError, 'int32');
  });
  line('a Jacobian under grad, and of a grad', () => {
    const f: F = (x) => tf.mul(tf.sum(x), tf.square(x));
    for (const [, jac] of modes) {
      // J_ij = x_i^2 + 2 s x_i d_ij; sum of J = n sum x^2 + 2 s^2, with gradient 2 n x + 4 s.
      close(grad((x: tf.Tensor) => tf.sum(jac(f)(x)))(tf.tensor1d([1, 2])), [16, 20]);
      // H_ij = 2 x_i + 2 x_j + 2 s d_ij for s sum x^2
      close(jac(grad((x: tf.Tensor) => tf.sum(f(x))))(tf.tensor1d([1, 2])), [
        [10, 6],
        [6, 14],
      ]);
    }
  });
  line('hvp with several arguments and trees', () => {
    const f = (p: { a: tf.Tensor }, b: N): tf.Tensor => tf.mul(tf.sum(tf.square(p.a)), b);
    const found = hvp(f, [{ a: tf.tensor1d([1, 2]) }, 3], [{ a: tf.tensor1d([1, 0]) }, 1]);
    // H_aa = 2 b I, H_ab = 2 a, H_bb = 0
    close(found, [{ a: [8, 4] }, 2]);
  });
});
