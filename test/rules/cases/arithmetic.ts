import * as tf from '@tensorflow/tfjs-core';
import type { Arg, RuleCase } from '../case';

type Op = (a: any, b: any) => tf.Tensor;

/** Every way in which two operands broadcast. */
const shapes: [a: number[], b: number[]][] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [[3], [2, 3]],
  [
    [2, 1],
    [1, 3],
  ],
  [[2, 3], []],
  [[], [3]],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [[], []],
];

const pairs = (
  kernel: string,
  op: Op,
  a: Partial<Arg>,
  b: Partial<Arg>,
  rest: Partial<RuleCase> = {},
): RuleCase[] =>
  shapes.map(([left, right]) => ({
    kernel,
    name: `[${String(left)}] with [${String(right)}]`,
    args: [
      { ...a, shape: left },
      { ...b, shape: right },
    ],
    f: op,
    ...rest,
  }));

const positive: Partial<Arg> = { range: [1, 2.5] };
const below: Partial<Arg> = { range: [-2, -1] };
const above: Partial<Arg> = { range: [0.2, 2] };

const comparisons: [kernel: string, op: Op][] = [
  ['Equal', tf.equal],
  ['NotEqual', tf.notEqual],
  ['Greater', tf.greater],
  ['GreaterEqual', tf.greaterEqual],
  ['Less', tf.less],
  ['LessEqual', tf.lessEqual],
];

const bools: Arg = { shape: [4], values: [0, 0, 1, 1], dtype: 'bool' };
const otherBools: Arg = { shape: [2, 4], values: [0, 1, 0, 1, 1, 1, 0, 0], dtype: 'bool' };
const logical: [kernel: string, op: Op][] = [
  ['LogicalAnd', tf.logicalAnd],
  ['LogicalOr', tf.logicalOr],
];

/** The real and the imaginary part. */
const parts = (z: tf.Tensor): tf.Tensor[] => [tf.real(z), tf.imag(z)];

const cases: RuleCase[] = [
  ...pairs('Add', tf.add, {}, {}),
  ...pairs('Sub', tf.sub, {}, {}),
  ...pairs('Multiply', tf.mul, {}, {}),
  ...pairs('RealDiv', tf.div, {}, { range: [1, 3] }),
  ...pairs('SquaredDifference', tf.squaredDifference, {}, {}),
  ...pairs('Maximum', tf.maximum, below, above),
  ...pairs('Maximum', tf.maximum, above, below).slice(0, 3),
  ...pairs('Minimum', tf.minimum, below, above),
  ...pairs('Minimum', tf.minimum, above, below).slice(0, 3),
  ...pairs('Pow', tf.pow, positive, {}),
  ...pairs('Atan2', tf.atan2, positive, below),
  ...pairs('Mod', tf.mod, { range: [1.3, 1.7] }, { range: [0.98, 1.02] }),
  ...pairs('FloorDiv', tf.floorDiv, { range: [1.3, 1.7] }, positive, { constant: true }).slice(0, 4),
  ...comparisons.flatMap(([kernel, op]) => pairs(kernel, op, {}, {}, { constant: true }).slice(0, 4)),
  {
    kernel: 'Pow',
    name: 'negative base, whole exponents',
    args: [{ shape: [2, 3], range: [-2, -1] }],
    f: (x) => tf.pow(x, tf.tensor1d([2, 3, -1])),
  },
  {
    kernel: 'Pow',
    name: 'base through zero, whole exponents',
    args: [{ shape: [4], values: [0, 0, 0, 0] }],
    f: (x) => tf.pow(x, tf.tensor1d([0, 1, 2, 3])),
  },
  {
    kernel: 'Pow',
    name: 'of one tensor with itself',
    args: [{ shape: [3], range: [1, 2] }],
    f: (x) => tf.pow(x, x),
  },
  {
    kernel: 'Pow',
    name: 'exponent near zero',
    args: [
      { shape: [2], range: [1, 2] },
      { shape: [2], values: [0, 0] },
    ],
    f: (a, b) => tf.pow(a, b),
  },
  {
    kernel: 'Mod',
    name: 'negative',
    args: [
      { shape: [3], range: [-1.6, -1.4] },
      { shape: [], range: [0.98, 1.02] },
    ],
    f: tf.mod,
  },
  { kernel: 'Multiply', name: 'of one tensor with itself', args: [{ shape: [3] }], f: (x) => tf.mul(x, x) },
  { kernel: 'Add', name: 'of a scalar and a number', args: [{ shape: [] }], f: (x) => tf.add(1, x) },
  {
    kernel: 'Add',
    name: 'of integers',
    args: [
      { shape: [2, 1], dtype: 'int32' },
      { shape: [3], dtype: 'int32' },
    ],
    f: tf.add,
  },
  {
    kernel: 'Multiply',
    name: 'of a float and an integer',
    args: [{ shape: [2, 1] }, { shape: [3], dtype: 'int32' }],
    f: tf.mul,
  },
  {
    kernel: 'Multiply',
    name: 'complex',
    args: [{ shape: [2, 1] }, { shape: [2, 1] }, { shape: [3] }, { shape: [3] }],
    f: (a, b, c, d) => parts(tf.mul(tf.complex(a, b), tf.complex(c, d))),
    missing: { wasm: 'no complex tensors' },
  },
  {
    kernel: 'Sub',
    name: 'complex and real',
    args: [{ shape: [2, 1] }, { shape: [2, 1] }, { shape: [3] }],
    f: (a, b, c) => parts(tf.sub(tf.mul(tf.complex(a, b), tf.complex(a, b)), c)),
    missing: { wasm: 'no complex tensors' },
  },
  {
    kernel: 'AddN',
    name: 'of three',
    args: [{ shape: [2, 3] }, { shape: [2, 3] }, { shape: [2, 3] }],
    f: (...xs) => tf.addN(xs),
  },
  {
    kernel: 'AddN',
    name: 'of twenty, one of them often',
    args: [{ shape: [2] }],
    f: (x) => tf.addN([tf.square(x), ...Array<tf.Tensor>(19).fill(x)]),
  },
  {
    kernel: 'BitwiseAnd',
    name: 'of integers',
    args: [
      { shape: [3], values: [5, 6, 3], dtype: 'int32' },
      { shape: [3], values: [4, 3, 3], dtype: 'int32' },
    ],
    f: (a, b) => tf.bitwiseAnd(a, b),
    missing: { tensorflow: 'tfjs-node has no such kernel', webgpu: 'the backend has no such kernel' },
  },
  ...logical.map(([kernel, op]): RuleCase => ({
    kernel,
    name: 'of truth values',
    args: [bools, otherBools],
    f: op,
  })),
  {
    kernel: 'LogicalXor',
    name: 'of truth values',
    args: [bools, otherBools],
    f: (a, b) => tf.engine().runKernel('LogicalXor', { a, b }),
  },
  { kernel: 'LogicalNot', name: 'of truth values', args: [bools], f: (a) => tf.logicalNot(a) },

  {
    kernel: 'Select',
    name: 'of one shape',
    args: [
      { shape: [2, 3], values: [0, 1, 1, 0, 1, 0], dtype: 'bool' },
      { shape: [2, 3] },
      { shape: [2, 3] },
    ],
    f: (c, a, b) => tf.where(c, a, b),
  },
  {
    kernel: 'Select',
    name: 'broadcast',
    args: [{ shape: [2, 1], values: [0, 1], dtype: 'bool' }, { shape: [3] }, { shape: [] }],
    f: (c, a, b) => tf.where(c, tf.square(a), b),
  },
  {
    kernel: 'Select',
    name: 'of lists',
    args: [{ shape: [3], values: [0, 1, 1], dtype: 'bool' }, { shape: [3] }, { shape: [3] }],
    f: (c, a, b) => tf.where(c, a, tf.mul(a, b)),
  },
  {
    kernel: 'Select',
    name: 'of scalars',
    args: [{ shape: [], values: [1], dtype: 'bool' }, { shape: [] }, { shape: [] }],
    f: (c, a, b) => tf.where(c, tf.square(a), b),
  },
  {
    kernel: 'Select',
    name: 'by what is differentiated',
    args: [{ shape: [4], values: [-2, -1, 1, 2] }],
    f: (x) => tf.where(tf.greater(x, 0), tf.square(x), tf.neg(x)),
  },
];

export default cases;
