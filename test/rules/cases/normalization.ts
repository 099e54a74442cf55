import * as tf from '@tensorflow/tfjs-core';
import { batchNorm } from '../../../src/rules/batchNorm';
import type { RuleCase } from '../case';

const positive = { range: [0.5, 2] as [number, number] };

const lrn = (name: string, shape: number[], ...settings: number[]): RuleCase => ({
  kernel: 'LRN',
  name,
  args: [{ shape }],
  f: (x) => tf.localResponseNormalization(x, ...settings),
});

const cases: RuleCase[] = [
  {
    kernel: 'FusedBatchNorm',
    name: 'along channels, with scale and offset',
    args: [
      { shape: [2, 3, 2, 3] },
      { shape: [3] },
      { shape: [3], ...positive },
      { shape: [3] },
      { shape: [3] },
    ],
    f: (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale, 0.01),
  },
  {
    kernel: 'FusedBatchNorm',
    name: 'without scale and offset',
    args: [{ shape: [2, 2, 3, 2] }, { shape: [2] }, { shape: [2], ...positive }],
    f: (x, mean, variance) => tf.batchNorm(x, mean, variance),
  },
  {
    kernel: 'FusedBatchNorm',
    name: 'scale only',
    args: [{ shape: [2, 2, 3, 2] }, { shape: [2] }, { shape: [2], ...positive }, { shape: [2] }],
    f: (x, mean, variance, scale) => tf.batchNorm(x, mean, variance, undefined, scale),
  },
  {
    kernel: 'FusedBatchNorm',
    name: 'rank 2',
    args: [{ shape: [4, 3] }, { shape: [3] }, { shape: [3], ...positive }, { shape: [3] }, { shape: [3] }],
    f: (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale),
  },
  {
    kernel: 'FusedBatchNorm',
    name: 'mean and variance of every entry',
    args: [{ shape: [2, 3] }, { shape: [2, 3] }, { shape: [2, 3], ...positive }],
    f: (x, mean, variance) => tf.batchNorm(x, mean, variance),
  },
  ...(
    [
      [2, 3, 2, 3],
      [5, 3],
      [2, 1, 3, 2, 2],
    ] as const
  ).map((shape): RuleCase => ({
    kernel: 'BatchNorm',
    name: `of the batch's statistics, rank ${shape.length}`,
    args: [{ shape: [...shape] }, { shape: shape.slice(-1) }, { shape: shape.slice(-1) }],
    f: (x, scale, offset) => batchNorm(x, scale, offset, 0.01),
  })),
  lrn('defaults', [1, 2, 2, 7]),
  lrn('radius 1', [2, 2, 1, 4], 1, 2, 0.5, 0.75),
  lrn('radius wider than the channels', [2, 2, 3], 5, 1, 0.3, 0.5),
];

export default cases;
