import * as tf from '@tensorflow/tfjs-core';
import { describe, expect } from 'vitest';
import { grad, jvp, makeJaxpr, vmap } from '../../src';
import { close, line, throws } from '../support/line';

type N = tf.Tensor | number;

const M = (): tf.Tensor =>
  tf.tensor2d([
    [0, 1, 2],
    [3, 4, 5],
  ]);
const sum = (x: tf.Tensor): tf.Tensor => tf.sum(x);
const double = (x: tf.Tensor): tf.Tensor => tf.mul(2, x);
const add = (x: N, y: N): tf.Tensor => tf.add(x, y);

describe('E. vmap', () => {
  line('51. inAxes and outAxes, negative too', () => {
    for (const axis of [1, -1]) {
      close(vmap(sum, { inAxes: axis })(M()), [3, 5, 7]);
      close(vmap(double, { outAxes: axis })(M()), [
        [0, 6],
        [2, 8],
        [4, 10],
      ]);
    }
    close(vmap(sum)(M()), [3, 12]);
    close(vmap(sum, { inAxes: -2 })(M()), [3, 12]);
  });
  line('52. null for what all examples share; trees of axes and prefixes', () => {
    close(vmap(add, { inAxes: [0, null] })(tf.tensor1d([1, 2]), 10), [11, 12]);
    close(vmap(add, { inAxes: [null, 0] })(10, tf.tensor1d([1, 2])), [11, 12]);
    const inside = (p: { a: N; b: N }): tf.Tensor => add(p.a, p.b);
    close(vmap(inside, { inAxes: [{ a: 0, b: null }] })({ a: tf.tensor1d([1, 2]), b: 10 }), [11, 12]);
    const scaled = (p: { a: N; b: N }, x: N): tf.Tensor => tf.mul(inside(p), x);
    const p = { a: tf.tensor1d([1, 2]), b: tf.tensor1d([2, 6]) };
    close(vmap(scaled, { inAxes: [0, null] })(p, 2), [6, 16]);
  });
  line('52b. the numbers of the list: ({a:[1,2],b:[3,4]}, 2) → [6,16]', () => {
    // a b x for each example
    const f = (p: { a: N; b: N }, x: N): tf.Tensor => tf.mul(tf.mul(p.a, p.b), x);
    close(vmap(f, { inAxes: [0, null] })({ a: tf.tensor1d([1, 2]), b: tf.tensor1d([3, 4]) }, 2), [6, 16]);
  });
  line('53. a tree of outAxes, and null for an output that is the same for every example', () => {
    const both = (x: tf.Tensor): { s: tf.Tensor; v: tf.Tensor } => ({ s: sum(x), v: x });
    close(vmap(both, { outAxes: { s: 0, v: 1 } })(M()), {
      s: [3, 12],
      v: [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
    });
    const shared = (x: N): [tf.Tensor, N] => [tf.mul(2, x), 6];
    close(vmap(shared, { outAxes: [0, null] })(tf.tensor1d([1, 2])), [[2, 4], 6]);
  });
  line('54. a constant result is repeated; axisSize without arguments', () => {
    close(vmap((_: tf.Tensor) => 3)(tf.ones([4])), [3, 3, 3, 3]);
    close(vmap(() => 1, { axisSize: 3 })(), [1, 1, 1]);
  });
  line('55. nested maps make one matrix product', () => {
    const dot = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.dot(a, b);
    const rows = vmap(dot, { inAxes: [0, null] });
    const matmat = vmap(rows, { inAxes: [null, 1], outAxes: 1 });
    const a = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const b = tf.tensor2d([
      [5, 6],
      [7, 8],
    ]);
    close(matmat(a, b), [
      [19, 22],
      [43, 50],
    ]);
    expect(makeJaxpr(matmat)(a, b).equations.map(({ kernel }) => kernel)).toEqual(['BatchMatMul']);
  });
  line('56. per-example gradients; grad of vmap; vmap of jvp', () => {
    const loss = (w: tf.Tensor, x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.square(tf.sub(tf.dot(w, x), y));
    const X = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const each = vmap(grad(loss), { inAxes: [null, 0, 0] });
    close(each(tf.tensor1d([1, -1]), X, tf.tensor1d([0, 1])), [
      [-2, -4],
      [-12, -16],
    ]);
    const square = (x: tf.Tensor): tf.Tensor => tf.square(x);
    close(grad((x: tf.Tensor) => tf.sum(vmap(square)(x)))(tf.tensor1d([1, 2, 3])), [2, 4, 6]);
    const tangents = vmap((x: tf.Tensor) => jvp((t: tf.Tensor) => tf.pow(t, 2), [x], [tf.scalar(1)])[1]);
    close(tangents(tf.tensor1d([3, 6])), [6, 12]);
  });
  line('57. sizes that differ: argument, axis, both shapes, both sizes', () => {
    const [a, b] = [tf.zeros([10, 4]), tf.zeros([10, 2])];
    throws(
      () => vmap((x: tf.Tensor, y: tf.Tensor) => tf.add(sum(x), sum(y)), { inAxes: [0, 1] })(a, b),
      RangeError,
      'inconsistent sizes',
      /one axis has size 10: axis 0 of argument 0 of shape \[10,4\]/,
      /one axis has size 2: axis 1 of argument 1 of shape \[10,2\]/,
    );
    const c = tf.zeros([4, 10]);
    throws(
      () => vmap((p: tf.Tensor[]) => tf.addN(p.map(sum)))([a, c, a]),
      RangeError,
      'inconsistent sizes',
      /most axes \(2 of them\) have size 10, e\.g\. axis 0 of argument 0 at "0" of shape \[10,4\]/,
      /one axis has size 4: axis 0 of argument 0 at "1" of shape \[4,10\]/,
    );
  });
  line('58. bad axes', () => {
    const [three, M23, M234] = [tf.ones([3]), tf.ones([2, 3]), tf.ones([2, 3, 4])];
    const one = tf.scalar(1);
    throws(() => vmap(double)(one), RangeError, 'rank should be at least 1, but is only 0', 'argument 0');
    throws(() => vmap(double, { inAxes: 1 })(three), RangeError, 'axis 1', 'argument 0', '[3]');
    throws(() => vmap(double, { inAxes: -2 })(three), RangeError, 'axis -2', '[3]');
    throws(() => vmap(add, { inAxes: [null, null] })(three, three), RangeError, 'at least one', 'axisSize');
    throws(() => vmap(add, { inAxes: null })(three, three), RangeError, 'at least one');
    throws(
      () => vmap(add, { inAxes: [0] as never })(three, three),
      TypeError,
      /one entry per argument.*has 1 and 2 arguments/,
    );
    throws(
      () => vmap(double, { inAxes: { a: 0 } as never })(three),
      TypeError,
      'inAxes must be',
      'an object',
    );
    throws(() => vmap(double, { inAxes: true as never })(three), TypeError, 'inAxes must be', 'boolean true');
    throws(() => vmap(double, { inAxes: [true] as never })(three), TypeError, 'inAxes', 'boolean true');
    throws(() => vmap(double, { inAxes: 0.5 })(three), TypeError, 'inAxes', '0.5');
    throws(() => vmap(double, { inAxes: 'all' as never })(three), TypeError, 'inAxes', '"all"');
    throws(() => vmap(() => one)(), RangeError, 'without arguments', 'axisSize');
    throws(() => vmap((x: tf.Tensor) => x, { inAxes: [{ a: 0 }] as never })(three), TypeError, 'inAxes[0]');
    throws(
      () => vmap((x: { a: tf.Tensor }) => x.a, { inAxes: [{ a: 0, b: 0 }] as never })({ a: three }),
      TypeError,
      'inAxes[0]',
      'keys a',
      'keys a, b',
    );
    throws(() => vmap(double, { outAxes: -4 })(M234), RangeError, 'outAxes -4', 'rank 3');
    throws(() => vmap(double, { outAxes: 3 })(M234), RangeError, 'outAxes 3', 'rank 3');
    throws(() => vmap(double, { outAxes: null })(M23), TypeError, 'outAxes', 'null');
    throws(() => vmap(double, { outAxes: [0, 1] as never })(M23), TypeError, 'outAxes');
    throws(() => vmap(double, { outAxes: true as never })(M23), TypeError, 'outAxes', 'boolean true');
    throws(() => vmap(double, { outAxes: 0.5 as never })(M23), TypeError, 'outAxes', '0.5');
    throws(() => vmap(double, { axisSize: 3 })(M23), RangeError, 'axisSize is 3', '[2,3]');
    throws(() => vmap(double, { axisSize: 1.5 })(M23), RangeError, 'axisSize', '1.5');
  });
});

describe('beyond the list: vmap', () => {
  line('three levels deep, each over another axis', () => {
    const x = tf.reshape(tf.range(0, 24), [2, 3, 4]);
    const f = vmap(
      vmap(
        vmap((v: tf.Tensor) => tf.add(v, 1)),
        { inAxes: 1, outAxes: 1 },
      ),
      { inAxes: 1, outAxes: 1 },
    );
    close(f(x), tf.add(x, 1).arraySync());
  });
  line('an integer batch, a boolean one, and one of size 1', () => {
    close(vmap((x: tf.Tensor) => tf.add(x, tf.scalar(1, 'int32')))(tf.tensor1d([1, 2], 'int32')), [2, 3]);
    close(vmap((x: tf.Tensor) => tf.logicalNot(x))(tf.tensor1d([true, false], 'bool')), [0, 1]);
    close(vmap(sum)(tf.ones([1, 3])), [3]);
  });
  line('argument leaves without an axis may be anything', () =>
    close(
      vmap((x: tf.Tensor, name: string) => (name === 'twice' ? double(x) : x), { inAxes: [0, null] })(
        tf.tensor1d([1, 2]),
        'twice',
      ),
      [2, 4],
    ),
  );
  line('an outer tracer in the body', () =>
    close(
      grad((w: tf.Tensor) => tf.sum(vmap((x: tf.Tensor) => tf.mul(w, tf.square(x)))(tf.tensor1d([1, 2, 3]))))(
        tf.scalar(2),
      ),
      14,
    ),
  );
  line('an example handed through, and one argument for two outputs', () =>
    close(vmap((x: tf.Tensor) => [x, x], { outAxes: [0, -1] })(M()), [
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
    ]),
  );
});
