import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { evalShape, grad, jit, vmap } from '../../src';

const ints = (values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');
const boxes = (): tf.Tensor2D =>
  tf.tensor2d([
    [0, 0, 1, 1],
    [0, 0, 1, 0.9],
    [2, 2, 3, 3],
  ]);

/** Calls with one argument, whose output's shape depends on its values. */
const calls: [kernel: string, arg: () => tf.Tensor, f: (x: any) => unknown][] = [
  ['Unique', () => tf.tensor1d([1, 2, 1]), (x) => tf.unique(x).values],
  [
    'SparseSegmentSum',
    () => tf.ones([3, 2]),
    (x) => tf.sparse.sparseSegmentSum(x, ints([0, 2]), ints([0, 0])),
  ],
  [
    'SparseSegmentMean',
    () => tf.ones([3, 2]),
    (x) => tf.sparse.sparseSegmentMean(x, ints([0, 2]), ints([0, 0])),
  ],
  [
    'SparseFillEmptyRows',
    () => tf.ones([1]),
    (x) => tf.sparse.sparseFillEmptyRows([[0, 0]], x, [2, 2], 0).outputValues,
  ],
  ['NonMaxSuppressionV3', boxes, (x) => tf.image.nonMaxSuppression(x, [1, 2, 3], 2)],
  ['NonMaxSuppressionV5', boxes, (x) => tf.image.nonMaxSuppressionWithScore(x, [1, 2, 3], 2)],
  ['StringSplit', () => tf.tensor1d(['a b']), (x) => tf.string.stringSplit(x, ' ').values],
  [
    'StringNGrams',
    () => tf.tensor1d(['a', 'b']),
    (x) => tf.string.stringNGrams(x, ints([0, 2]), '|', [2], '', '', 0, false).nGrams,
  ],
];

it.each(calls)('jit names the kernel and the reason: %s', (kernel, arg, f) => {
  tf.tidy(() => {
    const g = jit(f as (x: tf.Tensor) => tf.Tensor);
    expect(() => g(arg())).toThrow(new RegExp(`jit.*kernel ${kernel} can't be captured: how many`));
    expect(() => evalShape(f, arg())).toThrow(`kernel ${kernel} can't be captured`);
    g.dispose();
  });
});

it('jit refuses to freeze samples', () => {
  tf.tidy(() => {
    const g = jit((x: tf.Tensor1D) => tf.multinomial(x, 3));
    expect(() => g(tf.tensor1d([0.5, 0.5]))).toThrow('Multinomial draws random numbers');
    g.dispose();
  });
});

it('jit captures a suppression that is padded', () => {
  tf.tidy(() => {
    const f = (x: tf.Tensor2D): tf.Tensor[] => {
      const { selectedIndices, validOutputs } = tf.image.nonMaxSuppressionPadded(
        x,
        tf.tensor1d([1, 2, 3]),
        3,
        0.5,
        0,
        true,
      );
      return [selectedIndices!, validOutputs!];
    };
    const g = jit(f);
    const [indices, count] = g(boxes());
    expect(Array.from(indices!.dataSync()).slice(0, 2)).toEqual([2, 1]);
    expect(indices!.shape).toEqual([3]);
    expect(count!.dataSync()[0]).toBe(2);
    g.dispose();
  });
});

it('what is not padded is refused by name where there is no kernel', () => {
  tf.tidy(() => {
    const f = (scores: tf.Tensor1D): tf.Tensor =>
      tf.image.nonMaxSuppressionPadded(boxes(), scores, 3, 0.5, 0, false).selectedIndices!;
    const g = vmap(f);
    const scores = tf.tensor2d([[1, 2, 3]]);
    if (tf.getKernel('NonMaxSuppressionV4', tf.getBackend()))
      expect(Array.from(g(scores).dataSync())).toEqual([2, 1]);
    else
      expect(() => g(scores)).toThrow(
        `The ${tf.getBackend()} backend has no kernel NonMaxSuppressionV4, and how many boxes it selects can't be known`,
      );
  });
});

it('selected boxes have no derivative', () => {
  tf.tidy(() => {
    const f = (scores: tf.Tensor1D): tf.Tensor =>
      tf.sum(tf.gather(scores, tf.image.nonMaxSuppression(boxes(), scores, 2, 0.5)));
    expect(Array.from(grad(f)(tf.tensor1d([1, 2, 3])).dataSync())).toEqual([0, 1, 1]);
  });
});

it('vmap says why examples make no batch', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  tf.tidy(() => {
    const distinct = vmap((x: tf.Tensor) => tf.unique(x).values);
    const rows = tf.tensor2d([
      [1, 2],
      [3, 3],
    ]);
    const here = tf.getBackend();
    expect(() => distinct(rows)).toThrow(
      tf.getKernel('Unique', here)
        ? 'kernel Unique gave [2] for one example and [1] for another'
        : `The ${here} backend has no kernel Unique, and nothing stands for it there. Compute it on another one`,
    );
  });
  warn.mockRestore();
});

it('vmap draws apart for each example', () => {
  tf.tidy(() => {
    const logits = tf.zeros([2, 4]) as tf.Tensor2D;
    const y = vmap((x: tf.Tensor) => tf.multinomial(x as tf.Tensor1D, 50, 7))(logits);
    expect(y.shape).toEqual([2, 50]);
    const [first, second] = y.arraySync() as unknown as number[][];
    expect(first).not.toEqual(second);
  });
});

it('strings batch like numbers', () => {
  tf.tidy(() => {
    const words = tf.tensor2d([
      ['a', 'bb'],
      ['bb', 'c'],
    ]);
    const hash = (x: tf.Tensor): tf.Tensor => tf.string.stringToHashBucketFast(x, 1000);
    expect(evalShape(hash, words)).toEqual({ shape: [2, 2], dtype: 'int32' });
    const has = (kernel: string): boolean => tf.getKernel(kernel, tf.getBackend()) !== undefined;
    if (has('StringToHashBucketFast')) expect(vmap(hash)(words).arraySync()).toEqual(hash(words).arraySync());
    if (!has('StaticRegexReplace')) return;
    const replace = (x: tf.Tensor): tf.Tensor => tf.string.staticRegexReplace(x, 'b+', 'x');
    expect(vmap(replace)(words).arraySync()).toEqual([
      ['a', 'x'],
      ['x', 'c'],
    ]);
  });
});
