import * as tf from '@tensorflow/tfjs-core';
import { describe } from 'vitest';
import { grad, jvp, vjp } from '../../src';
import { close, cube, line, throws } from '../support/line';

type N = tf.Tensor | number;
const mul = (x: N, y: N): tf.Tensor => tf.mul(x, y);

describe('C. jvp', () => {
  line('30. value and tangent, and aux', () => {
    const power = (x: N): tf.Tensor => tf.pow(x, 3);
    close(jvp(power, [3], [4]), [27, 108]);
    close(
      jvp((x: N) => [power(x), [tf.square(x)]] as const, [3], [4], { hasAux: true }),
      [27, 108, [9]],
    );
  });
  line('31. several arguments, pytrees, constants', () => {
    close(
      jvp((x: N, y: N) => tf.mul(tf.sin(x), y), [0, 2], [1, 1]),
      [0, 2],
    );
    close(
      jvp((p: { a: N; b: N }) => tf.mul(p.a, p.b), [{ a: 2, b: 3 }], [{ a: 1, b: 10 }]),
      [6, 23],
    );
    close(
      jvp((_: N) => tf.scalar(5), [2], [1]),
      [5, 0],
    );
    close(
      jvp((_: N) => 5, [2], [1]),
      [5, 0],
    );
  });
  line('32. jvp of jvp', () =>
    close(
      jvp((x: tf.Tensor) => jvp(cube, [x], [tf.scalar(1)])[1], [tf.scalar(2)], [tf.scalar(1)]),
      [12, 12],
    ),
  );
  line('33. tangents that do not fit', () => {
    const three = tf.ones([3]);
    const four = tf.ones([4]);
    const identity = (x: tf.Tensor): tf.Tensor => x;
    throws(() => jvp(mul as never, [2] as never, [] as never), TypeError, 'same tree structure', '[*]', '[]');
    throws(
      () => jvp(identity, [three], [four]),
      RangeError,
      'primal and tangent shapes',
      '[3]',
      '[4]',
      'argument 0',
    );
    throws(() => jvp(identity, [three], [1] as never), RangeError, 'primal and tangent shapes', '[3] and []');
    throws(
      () => jvp(identity, three as never, four as never),
      TypeError,
      'primals and tangents must be arrays',
    );
    throws(() => jvp(identity, [three], four as never), TypeError, 'must be arrays');
  });
  line('34. the adjoint identity <u, Jv> = <J^T u, v>', () => {
    const g = (x: tf.Tensor): tf.Tensor => {
      const [x0, x1] = tf.split(x, 2);
      return tf.concat([tf.mul(x0!, x1!), tf.square(x0!), tf.sin(x1!)]);
    };
    const [x, v, u] = [tf.tensor1d([1, 2]), tf.tensor1d([3, -1]), tf.tensor1d([1, 2, 3])];
    close(tf.dot(u, jvp(g, [x], [v])[1]), 18.2484398);
    close(tf.dot(vjp(g, x)[1](u)[0], v), 18.2484398);
  });
});

describe('beyond the list: jvp', () => {
  line('tangents of another type, integer primals, and the path of each', () => {
    const p = { a: [tf.ones([2])] };
    const t = { a: [tf.ones([2], 'int32')] };
    const f = (q: typeof p): tf.Tensor => tf.sum(q.a[0]!);
    throws(() => jvp(f, [p], [t]), TypeError, 'int32[2]', 'float32[2]', 'argument 0 at "a/0"');
    throws(() => jvp(f, [t], [t]), TypeError, 'requires float inputs', 'int32[2]', 'a/0');
    throws(() => jvp(f, [p], [{ a: [] }]), TypeError, 'same tree structure');
  });
  line('an output that is the argument, or does not depend on it', () =>
    close(
      jvp(
        (x: tf.Tensor, y: tf.Tensor) => ({ x, y, z: tf.scalar(1) }),
        [tf.scalar(2), tf.scalar(3)],
        [tf.scalar(5), tf.scalar(7)],
      ),
      [
        { x: 2, y: 3, z: 1 },
        { x: 5, y: 7, z: 0 },
      ],
    ),
  );
  line('forward over reverse over forward', () => {
    // d^3 x^4 = 24 x
    const fourth = (x: tf.Tensor): tf.Tensor => tf.mul(cube(x), x);
    const once = (f: (x: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) => jvp(f, [x], [tf.onesLike(x)])[1];
    close(once(grad(once(fourth)))(tf.scalar(2)), 48);
    close(grad(once(grad(fourth)))(tf.scalar(2)), 48);
    close(once(once(once(fourth)))(tf.scalar(2)), 48);
  });
  line('values read in the body are plain numbers', () =>
    close(
      jvp((x: tf.Tensor) => tf.mul(x, x.dataSync()[0]!), [tf.scalar(3)], [tf.scalar(1)]),
      [9, 3],
    ),
  );
});
