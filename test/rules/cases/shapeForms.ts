import * as tf from '@tensorflow/tfjs-core';
import type { RuleCase } from '../case';
import { weighted } from '../weighted';

// Reshape, ExpandDims, Transpose: the same elements in another order or shape.
const forms: RuleCase[] = [
  ...(
    [
      ['to a matrix', [6], [2, 3]],
      ['to a vector', [2, 3, 2], [-1]],
      ['to a scalar', [1, 1], []],
      ['from a scalar', [], [1, 1, 1]],
      ['one length inferred', [4, 3], [2, -1, 2]],
      ['empty', [2, 0, 3], [3, 0]],
    ] as [string, number[], number[]][]
  ).map(([name, shape, to]): RuleCase => ({
    kernel: 'Reshape',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) => tf.square(tf.reshape(x, to)),
  })),
  {
    kernel: 'Reshape',
    name: 'as squeeze and flatten',
    args: [{ shape: [1, 3, 1, 2] }],
    f: (x: tf.Tensor) => [tf.square(tf.squeeze(x, [0])), tf.pow(tf.reshape(tf.squeeze(x), [-1]), 3)],
  },
  ...(
    [
      ['a scalar', [], 0],
      ['axis 0', [2, 3], 0],
      ['axis 1', [2, 3], 1],
      ['behind', [2, 3], 2],
      ['axis -1', [2, 3], -1],
      ['axis -3', [2, 3], -3],
      ['rank 4', [2, 1, 3, 2], 2],
    ] as [string, number[], number][]
  ).map(([name, shape, axis]): RuleCase => ({
    kernel: 'ExpandDims',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) => tf.square(tf.expandDims(x, axis)),
  })),
  ...(
    [
      ['a matrix', [2, 3], [1, 0]],
      ['no permutation given', [2, 3, 4], undefined],
      ['a cycle', [2, 3, 4], [1, 2, 0]],
      ['nothing moves', [2, 3], [0, 1]],
      ['ones', [2, 1, 3], [1, 0, 2]],
      ['empty', [2, 0, 3], [2, 0, 1]],
      ['rank 4', [2, 3, 1, 4], [3, 0, 2, 1]],
      ['rank 5', [2, 1, 3, 2, 4], [4, 2, 0, 1, 3]],
    ] as [string, number[], number[] | undefined][]
  ).map(([name, shape, perm]): RuleCase => ({
    kernel: 'Transpose',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) => weighted(tf.square(tf.transpose(x, perm))),
  })),
  {
    kernel: 'Transpose',
    name: 'integers',
    args: [{ shape: [2, 3], dtype: 'int32' }],
    f: (x: tf.Tensor) => tf.transpose(x),
  },
];

// The kernels that take complex numbers.
const complex: RuleCase[] = (
  [
    ['Concat', [2, 3], [2, 1], (a, b) => tf.concat([a, b], 1)],
    ['Pack', [2, 3], [2, 3], (a, b) => tf.stack([a, b], -1)],
    ['Reshape', [2, 3], [6], (a, b) => tf.mul(tf.reshape(a, [6]), b)],
    ['ExpandDims', [2, 3], [2, 1, 3], (a, b) => tf.mul(tf.expandDims(a, 1), b)],
    ['Transpose', [2, 3], [3, 2], (a, b) => tf.mul(tf.transpose(a), b)],
    ['Identity', [2, 3], [2, 3], (a, b) => tf.mul(tf.clone(a), b)],
  ] as [string, number[], number[], (a: tf.Tensor, b: tf.Tensor) => tf.Tensor][]
).map(([kernel, shape, other, f]) => ({
  kernel,
  name: 'complex',
  args: [{ shape }, { shape }, { shape: other }, { shape: other }],
  f: (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor, d: tf.Tensor) => {
    const z = f(tf.complex(a, b), tf.complex(c, d));
    return [weighted(tf.square(tf.real(z))), weighted(tf.mul(tf.real(z), tf.imag(z)))];
  },
  missing: { wasm: 'no complex tensors' },
}));

export default [...forms, ...complex];
