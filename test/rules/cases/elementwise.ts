import * as tf from '@tensorflow/tfjs-core';
import type { Arg, RuleCase } from '../case';

type Op = (x: any) => tf.Tensor;

const kernelName = (op: Op): string => op.name.replace(/_.*$/, '').replace(/^./, (c) => c.toUpperCase());

/** Smooth functions, with a range in which they are. */
const smooth: [op: Op, range?: [number, number]][] = [
  [tf.neg],
  [tf.square],
  [tf.exp],
  [tf.expm1],
  [tf.erf],
  [tf.sin],
  [tf.cos],
  [tf.sinh],
  [tf.cosh],
  [tf.tanh],
  [tf.atan],
  [tf.asinh],
  [tf.sigmoid],
  [tf.softplus],
  [tf.sqrt, [1, 3]],
  [tf.rsqrt, [1, 3]],
  [tf.log, [1, 3]],
  [tf.log1p, [0, 2]],
  [tf.reciprocal, [-3, -1]],
  [tf.reciprocal, [1, 3]],
  [tf.tan, [-0.7, 0.7]],
  [tf.asin, [-0.4, 0.4]],
  [tf.acos, [-0.4, 0.4]],
  [tf.atanh, [-0.4, 0.4]],
  [tf.acosh, [2, 3]],
];

/** On both sides of the places where a piecewise function bends (0, 1 and 6), and half a unit from them. */
const bent: Arg = { shape: [2, 4], values: [-2.3, -1.1, -0.6, 0.5, 0.4, 2.5, 4.7, 7.1] };
const piecewise: [kernel: string, op: Op][] = [
  ['Abs', tf.abs],
  ['Relu', tf.relu],
  ['Relu6', tf.relu6],
  ['Elu', tf.elu],
  ['Selu', tf.selu],
  ['LeakyRelu', (x) => tf.leakyRelu(x, 0.3)],
  ['ClipByValue', (x) => tf.clipByValue(x, -1.7, 3.1)],
];

const steps: [kernel: string, op: Op][] = [
  ['Sign', tf.sign],
  ['Step', tf.step],
  ['Step', (x) => tf.step(x, 0.3)],
  ['Floor', tf.floor],
  ['Ceil', tf.ceil],
  ['Round', tf.round],
  ['IsNan', tf.isNaN],
  ['IsInf', tf.isInf],
  ['IsFinite', tf.isFinite],
  ['ZerosLike', tf.zerosLike],
  ['OnesLike', tf.onesLike],
];

const cases: RuleCase[] = [
  ...smooth.map(([op, range], i): RuleCase => ({
    kernel: kernelName(op),
    name: `in [${String(range ?? [-2, 2])}]`,
    args: [{ shape: i % 2 ? [3] : [2, 3], ...(range && { range }) }],
    f: (x) => op(x),
  })),
  ...piecewise.map(([kernel, op]): RuleCase => ({
    kernel,
    name: 'away from its bends',
    args: [bent],
    f: op,
  })),
  ...piecewise.map(([kernel, op]): RuleCase => ({
    kernel,
    name: 'of a scalar',
    args: [{ shape: [], range: [0.8, 0.9] }],
    f: op,
  })),
  ...steps.map(([kernel, op]): RuleCase => ({
    kernel,
    name: 'is a constant',
    args: [bent],
    f: op,
    constant: true,
  })),

  {
    kernel: 'Prelu',
    name: 'a slope for each channel',
    args: [bent, { shape: [4] }],
    f: (x, alpha) => tf.prelu(x, alpha),
  },
  {
    kernel: 'Prelu',
    name: 'of one shape',
    args: [bent, { shape: [2, 4] }],
    f: (x, alpha) => tf.prelu(x, alpha),
  },
  {
    kernel: 'EluGrad',
    name: 'in both inputs',
    args: [{ shape: [2, 4] }, { shape: [2, 4], values: [-0.9, -0.7, -0.6, -0.5, 0.6, 0.7, 1.1, 1.9] }],
    f: (dy, y) => tf.engine().runKernel('EluGrad', { dy, y }),
  },
  {
    kernel: 'Softplus',
    name: 'far out',
    args: [{ shape: [4], values: [-100, -20, 20, 100] }],
    f: (x) => tf.softplus(x),
  },
  {
    kernel: 'Softplus',
    name: 'as logSigmoid',
    args: [{ shape: [4], values: [-100, -2, 2, 100] }],
    f: (x) => tf.logSigmoid(x),
  },
  { kernel: 'Identity', name: 'clone', args: [{ shape: [2, 3] }], f: (x) => tf.clone(x) },
  { kernel: 'Cast', name: 'float to float', args: [{ shape: [3] }], f: (x) => tf.cast(x, 'float32') },
  { kernel: 'Cast', name: 'float to int', args: [bent], f: (x) => tf.cast(x, 'int32'), constant: true },
  {
    kernel: 'Cast',
    name: 'int to float',
    args: [{ shape: [3], dtype: 'int32' }],
    f: (x) => tf.cast(x, 'float32'),
  },
  {
    kernel: 'Cast',
    name: 'bool to float',
    args: [{ shape: [3], values: [0, 1, 1], dtype: 'bool' }],
    f: (x) => tf.cast(x, 'float32'),
  },
  {
    kernel: 'Cast',
    name: 'there and back',
    args: [bent],
    f: (x) => tf.mul(x, tf.cast(tf.cast(x, 'int32'), 'float32')),
  },
  {
    kernel: 'Fill',
    name: 'in a product',
    args: [{ shape: [2, 3] }],
    f: (x) => tf.mul(x, tf.fill([2, 3], 2.5)),
  },
  { kernel: 'Fill', name: 'integers', args: [{ shape: [2] }], f: (x) => tf.mul(x, tf.fill([2], 3, 'int32')) },
  {
    kernel: 'LinSpace',
    name: 'in a product',
    args: [{ shape: [4] }],
    f: (x) => tf.mul(x, tf.linspace(0, 1, 4)),
  },
  { kernel: 'Range', name: 'up', args: [{ shape: [3] }], f: (x) => tf.mul(x, tf.range(1, 6, 2)) },
  { kernel: 'Range', name: 'down', args: [{ shape: [3] }], f: (x) => tf.mul(x, tf.range(5, 2)) },
  {
    kernel: 'Range',
    name: 'by a fraction',
    args: [{ shape: [4] }],
    f: (x) => tf.mul(x, tf.range(0, 1, 0.3)),
  },
];

export default cases;
