// Interim rules, superseded kernel by kernel as the families land.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule, ruleOf, type Rule } from '../core/rule';
import { elementwiseBatch, exampleShape, shiftAxes, withBatch } from './families/batching';
import { broadcastLike, sumTo } from './families/broadcast';

const define = (kernel: string, rule: Rule): void => {
  if (!ruleOf(kernel)) defineRule(kernel, rule);
};
const unary = (kernel: string, d: (x: Tensor, y: Tensor, attrs: Record<string, never>) => Tensor): void =>
  define(kernel, {
    vjp: {
      x: {
        reads: ['x'],
        readsOutputs: [0],
        pull: (ct, { inputs, outputs, attrs }) => tf.mul(ct, d(inputs.x!, outputs[0]!, attrs as never)),
      },
    },
    jvp: ({ inputs, tangents, outputs, attrs }) =>
      tf.mul(tangents.x!, d(inputs.x!, outputs[0]!, attrs as never)),
    batch: elementwiseBatch,
    shape: ({ inputs }) => inputs.x!,
  });
unary('Exp', (_, y) => y);
unary('Log', (x) => tf.reciprocal(x));
unary('Tanh', (_, y) => tf.sub(1, tf.square(y)));
unary('Sigmoid', (_, y) => tf.mul(y, tf.sub(1, y)));
unary('Square', (x) => tf.mul(2, x));
unary('Sqrt', (_, y) => tf.div(0.5, y));
unary('Rsqrt', (x, y) => tf.mul(-0.5, tf.div(y, x)));
unary('Sin', (x) => tf.cos(x));
unary('Cos', (x) => tf.neg(tf.sin(x)));
unary('Neg', (x) => tf.fill(x.shape, -1));
unary('Reciprocal', (_, y) => tf.neg(tf.square(y)));
unary('Relu', (x) => tf.cast(tf.greater(x, 0), 'float32'));
unary('Identity', (x) => tf.onesLike(x));
const constant = (kernel: string, dtype?: 'bool'): void =>
  define(kernel, {
    constant: true,
    batch: elementwiseBatch,
    shape: ({ inputs }) => {
      const list = Object.values(inputs);
      const shape = list.reduce<number[]>(
        (s, a) => tf.broadcast_util.assertAndGetBroadcastShape(s, a.shape as number[]),
        [],
      );
      return { shape, dtype: dtype ?? list[0]!.dtype };
    },
  });
[
  'Equal',
  'NotEqual',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
  'LogicalNot',
].forEach((k) => constant(k, 'bool'));
['ZerosLike', 'OnesLike', 'Sign', 'Floor', 'Step', 'Round', 'Ceil'].forEach((k) => constant(k));
const binary = (
  kernel: string,
  a: (c: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor,
  b: typeof a,
): void =>
  define(kernel, {
    vjp: {
      a: {
        reads: ['a', 'b'],
        readsOutputs: [0],
        pull: (ct, { inputs, outputs, avals }) =>
          sumTo(a(ct, inputs.a!, inputs.b!, outputs[0]!), avals.a!.shape),
      },
      b: {
        reads: ['a', 'b'],
        readsOutputs: [0],
        pull: (ct, { inputs, outputs, avals }) =>
          sumTo(b(ct, inputs.a!, inputs.b!, outputs[0]!), avals.b!.shape),
      },
    },
    jvp: ({ inputs, tangents, outputs: [y] }) => {
      const p = tangents.a && a(tangents.a, inputs.a!, inputs.b!, y!);
      const q = tangents.b && b(tangents.b, inputs.a!, inputs.b!, y!);
      return broadcastLike(p && q ? tf.add(p, q) : (p ?? q)!, y!.shape);
    },
    batch: elementwiseBatch,
    shape: ({ inputs }) => ({
      shape: tf.broadcast_util.assertAndGetBroadcastShape(
        inputs.a!.shape as number[],
        inputs.b!.shape as number[],
      ),
      dtype: inputs.a!.dtype,
    }),
  });
binary(
  'Add',
  (c) => c,
  (c) => c,
);
binary(
  'Sub',
  (c) => c,
  (c) => tf.neg(c),
);
binary(
  'Multiply',
  (c, _, b) => tf.mul(c, b),
  (c, a) => tf.mul(c, a),
);
binary(
  'RealDiv',
  (c, _, b) => tf.div(c, b),
  (c, _, b, y) => tf.neg(tf.mul(c, tf.div(y, b))),
);
binary(
  'SquaredDifference',
  (c, a, b) => tf.mul(c, tf.mul(2, tf.sub(a, b))),
  (c, a, b) => tf.mul(c, tf.mul(-2, tf.sub(a, b))),
);
binary(
  'Pow',
  (c, a, b) => tf.mul(c, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
  (c, a, _, y) =>
    tf.mul(
      c,
      tf.mul(
        y,
        tf.where(tf.greater(a, 0), tf.log(tf.where(tf.greater(a, 0), a, tf.onesLike(a))), tf.zerosLike(a)),
      ),
    ),
);
const reduced = (axis: number | number[], shape: readonly number[], keep: boolean): number[] => {
  const axes = tf.util.parseAxisParam(axis, shape as number[]);
  return keep ? shape.map((d, i) => (axes.includes(i) ? 1 : d)) : shape.filter((_, i) => !axes.includes(i));
};
for (const [kernel, mean] of [
  ['Sum', false],
  ['Mean', true],
] as const) {
  define(kernel, {
    vjp: {
      x: {
        pull: (ct, { avals, attrs }) => {
          const { shape } = avals.x!;
          const c = broadcastLike(tf.reshape(ct, reduced(attrs.axis, shape, true)), shape);
          return mean
            ? tf.div(c, tf.util.sizeFromShape(shape as number[]) / tf.util.sizeFromShape(ct.shape))
            : c;
        },
      },
    },
    jvp: ({ tangents, attrs }) => runKernel(kernel, { x: tangents.x! }, attrs),
    batch: ({ inputs: { x }, attrs }) =>
      runKernel(kernel, { x: x!.value }, { ...attrs, axis: shiftAxes(attrs.axis, x!) }),
    shape: ({ inputs: { x }, attrs }) => ({
      shape: reduced(attrs.axis, x!.shape, !!attrs.keepDims),
      dtype: x!.dtype,
    }),
  });
}
define('Max', {
  vjp: {
    x: {
      reads: ['x'],
      readsOutputs: [0],
      pull: (ct, { inputs: { x }, outputs: [y], attrs }) => {
        const keep = reduced(attrs.reductionIndices, x!.shape, true);
        const hit = tf.cast(tf.equal(x!, tf.reshape(y!, keep)), 'float32');
        return tf.mul(tf.div(hit, tf.sum(hit, attrs.reductionIndices, true)), tf.reshape(ct, keep));
      },
    },
  },
  batch: ({ inputs: { x }, attrs }) =>
    runKernel('Max', { x: x!.value }, { ...attrs, reductionIndices: shiftAxes(attrs.reductionIndices, x!) }),
  shape: ({ inputs: { x }, attrs }) => ({
    shape: reduced(attrs.reductionIndices, x!.shape, !!attrs.keepDims),
    dtype: x!.dtype,
  }),
});
define('Softmax', {
  vjp: {
    logits: {
      readsOutputs: [0],
      pull: (ct, { outputs: [y], attrs }) => tf.mul(y!, tf.sub(ct, tf.sum(tf.mul(ct, y!), attrs.dim, true))),
    },
  },
  batch: ({ inputs: { logits } }) => tf.softmax(logits!.value),
  shape: ({ inputs }) => inputs.logits!,
});
define('Cast', {
  vjp: { x: { pull: (ct) => tf.clone(ct) } },
  jvp: ({ tangents }) => tangents.x!,
  batch: elementwiseBatch,
  shape: ({ inputs, attrs }) => ({ shape: inputs.x!.shape, dtype: attrs.dtype }),
});
define('Select', {
  vjp: {
    t: { reads: ['condition'], pull: (ct, { inputs }) => tf.where(inputs.condition!, ct, tf.zerosLike(ct)) },
    e: { reads: ['condition'], pull: (ct, { inputs }) => tf.where(inputs.condition!, tf.zerosLike(ct), ct) },
  },
  jvp: ({ inputs, tangents, outputs: [y] }) =>
    tf.where(inputs.condition!, tangents.t ?? tf.zerosLike(y!), tangents.e ?? tf.zerosLike(y!)),
  batch: ({ inputs: { condition, t, e }, size }) =>
    tf.where(withBatch(condition!, size), withBatch(t!, size), withBatch(e!, size)),
  shape: ({ inputs }) => inputs.t!,
});
define('Reshape', {
  vjp: { x: { pull: (ct, { avals }) => tf.reshape(ct, avals.x!.shape as number[]) } },
  jvp: ({ tangents, outputs }) => tf.reshape(tangents.x!, outputs[0]!.shape),
  batch: ({ inputs: { x }, attrs, size }) =>
    tf.reshape(x!.value, [
      size,
      ...tf.util.inferFromImplicitShape(attrs.shape, tf.util.sizeFromShape(exampleShape(x!))),
    ]),
  shape: ({ inputs: { x }, attrs }) => ({
    shape: tf.util.inferFromImplicitShape(attrs.shape, tf.util.sizeFromShape(x!.shape as number[])),
    dtype: x!.dtype,
  }),
});
define('ExpandDims', {
  vjp: { input: { pull: (ct, { avals }) => tf.reshape(ct, avals.input!.shape as number[]) } },
  jvp: ({ tangents, outputs }) => tf.reshape(tangents.input!, outputs[0]!.shape),
  batch: ({ inputs: { input }, attrs }) =>
    tf.expandDims(input!.value, attrs.dim < 0 ? attrs.dim : attrs.dim + 1),
  shape: ({ inputs: { input }, attrs }) => {
    const shape = input!.shape.slice();
    shape.splice(attrs.dim < 0 ? shape.length + 1 + attrs.dim : attrs.dim, 0, 1);
    return { shape, dtype: input!.dtype };
  },
});
define('Transpose', {
  vjp: {
    x: {
      pull: (ct, { attrs }) =>
        tf.transpose(
          ct,
          (attrs.perm as number[]).map((_, i) => (attrs.perm as number[]).indexOf(i)),
        ),
    },
  },
  jvp: ({ tangents, attrs }) => tf.transpose(tangents.x!, attrs.perm),
  batch: ({ inputs: { x }, attrs }) =>
    tf.transpose(x!.value, [0, ...(attrs.perm as number[]).map((p) => p + 1)]),
  shape: ({ inputs: { x }, attrs }) => ({
    shape: (attrs.perm as number[]).map((p) => x!.shape[p]!),
    dtype: x!.dtype,
  }),
});
