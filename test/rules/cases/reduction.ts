import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from '../../../src/core/kernel';
import type { Arg, RuleCase } from '../case';

type Reduce = (x: any, axis?: any, keepDims?: boolean) => tf.Tensor;

const ways: [shape: number[], axis: number | number[] | undefined, keepDims: boolean][] = [
  [[2, 3, 4], undefined, false],
  [[2, 3, 4], undefined, true],
  [[2, 3, 4], 0, false],
  [[2, 3, 4], 1, true],
  [[2, 3, 4], -1, false],
  [[2, 3, 4], [0, 2], false],
  [[2, 3, 4], [2, 0], true],
  [[2, 3, 4], [-2, -1], false],
  [[5], 0, false],
  [[2, 1], 1, false],
  [[], undefined, false],
];

const reductions: [kernel: string, op: Reduce, arg: Partial<Arg>, constant?: true][] = [
  ['Sum', tf.sum, {}],
  ['Mean', tf.mean, {}],
  ['Prod', tf.prod, { range: [0.5, 1.5] }],
  ['Max', tf.max, { distinct: true }],
  ['Min', tf.min, { distinct: true }],
];

const truth: Arg = { shape: [2, 3], values: [0, 1, 1, 1, 1, 1], dtype: 'bool' };

const scans: RuleCase[] = (['cumsum', 'cumprod'] as const).flatMap((scan) =>
  [false, true].flatMap((exclusive) =>
    [false, true].flatMap((reverse) =>
      [0, 1, 2].map((axis): RuleCase => ({
        kernel: scan === 'cumsum' ? 'Cumsum' : 'Cumprod',
        name: `axis ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', reverse' : ''}`,
        args: [{ shape: [2, 5, 3], range: [0.5, 1.5] }],
        f: (x) => tf[scan](x, axis, exclusive, reverse),
      })),
    ),
  ),
);

const withZeros: Arg = { shape: [3, 4], values: [0, 2, 3, -1, 0, 2, 0, 1.5, 1, 2, 0.5, 0] };

const cases: RuleCase[] = [
  ...reductions.flatMap(([kernel, op, arg]) =>
    ways.map(([shape, axis, keepDims]): RuleCase => ({
      kernel,
      name: `[${String(shape)}] along ${String(axis ?? 'all')}${keepDims ? ', axes kept' : ''}`,
      args: [{ shape, ...arg }],
      f: (x) => op(x, axis, keepDims),
    })),
  ),
  { kernel: 'Sum', name: 'of integers', args: [{ shape: [2, 3], dtype: 'int32' }], f: (x) => tf.sum(x, 1) },
  { kernel: 'Sum', name: 'of truth values', args: [truth], f: (x) => tf.sum(x, 0) },
  { kernel: 'Mean', name: 'of integers', args: [{ shape: [2, 3], dtype: 'int32' }], f: (x) => tf.mean(x, 1) },
  { kernel: 'Max', name: 'of integers', args: [{ shape: [2, 3], dtype: 'int32' }], f: (x) => tf.max(x, 1) },
  { kernel: 'Prod', name: 'of rows with zeros', args: [withZeros], f: (x) => tf.prod(x, 1) },
  { kernel: 'Prod', name: 'of columns with zeros', args: [withZeros], f: (x) => tf.prod(x, 0, true) },
  {
    kernel: 'Prod',
    name: 'of all, with a zero',
    args: [{ shape: [2, 3], values: [1, 2, 0, -1, 0.5, 1.5] }],
    f: (x) => tf.prod(x),
  },
  { kernel: 'All', name: 'of rows', args: [truth], f: (x) => tf.all(x, 1) },
  { kernel: 'All', name: 'of all', args: [truth], f: (x) => tf.all(x) },
  { kernel: 'Any', name: 'of columns, axes kept', args: [truth], f: (x) => tf.any(x, -2, true) },
  {
    kernel: 'ArgMax',
    name: 'of rows',
    args: [{ shape: [2, 3] }],
    f: (x) => tf.argMax(x, -1),
    constant: true,
  },
  {
    kernel: 'ArgMax',
    name: 'of columns',
    args: [{ shape: [2, 3, 4] }],
    f: (x) => tf.argMax(x, 0),
    constant: true,
  },
  {
    kernel: 'ArgMin',
    name: 'in between',
    args: [{ shape: [2, 3, 4] }],
    f: (x) => tf.argMin(x, 1),
    constant: true,
  },
  ...scans,
  { kernel: 'Cumprod', name: 'of rows with zeros', args: [withZeros], f: (x) => tf.cumprod(x, 1) },
  {
    kernel: 'Cumprod',
    name: 'of columns with zeros, exclusive, reverse',
    args: [withZeros],
    f: (x) => tf.cumprod(x, 0, true, true),
  },
  { kernel: 'Cumprod', name: 'of one element', args: [{ shape: [1] }], f: (x) => tf.cumprod(x) },
  { kernel: 'Cumsum', name: 'of integers', args: [{ shape: [4], dtype: 'int32' }], f: (x) => tf.cumsum(x) },
  { kernel: 'Softmax', name: 'of a list', args: [{ shape: [4] }], f: (x) => tf.softmax(x) },
  { kernel: 'Softmax', name: 'of rows', args: [{ shape: [2, 2, 4] }], f: (x) => tf.softmax(x) },
  {
    kernel: 'Softmax',
    name: 'of large logits',
    args: [{ shape: [3], range: [99, 101] }],
    f: (x) => tf.softmax(x),
  },
  { kernel: 'LogSoftmax', name: 'op', args: [{ shape: [2, 4] }], f: (x) => tf.logSoftmax(x) },
  {
    kernel: 'LogSoftmax',
    name: 'kernel',
    args: [{ shape: [2, 4] }],
    f: (logits) => runKernel('LogSoftmax', { logits }, { axis: 1 }),
  },
  {
    kernel: 'Max',
    name: 'as logSumExp',
    args: [{ shape: [2, 4], distinct: true }],
    f: (x) => tf.logSumExp(x, 1),
  },
  {
    kernel: 'Mean',
    name: 'as moments',
    args: [{ shape: [4, 3] }],
    f: (x) => Object.values(tf.moments(x, 0)) as tf.Tensor[],
  },
];

export default cases;
