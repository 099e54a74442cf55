import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { BLOCK, blocksOf } from '../../src/tract/blocks';
import type { DenseLayer } from '../../src/tract/layer';

/** A use whose rows take so many blocks; each here is one row of zeros. */
const use = (blocks: number): { layer: DenseLayer; data: tf.Tensor } => {
  const layer = {
    kind: 'dense',
    stacks: 1,
    b: Math.floor((blocks * BLOCK) / 8),
    n: 2,
    m: 1,
    *blocks(data: tf.Tensor) {
      for (let i = 0; i < Math.ceil(blocks); i++) yield () => data;
    },
  };
  return { layer: layer as unknown as DenseLayer, data: tf.zeros([1, 2]) };
};

it('blocks of several uses come together while they fit one, and large uses block by block', () =>
  tf.tidy(() => {
    const rowsOf = (...sizes: number[]): number[] =>
      [...blocksOf(sizes.map(use), 1)].map((block) => block().shape[0]!);
    expect(rowsOf(0.4, 0.4, 0.4)).toEqual([2, 1]);
    expect(rowsOf(0.1, 2.5, 0.1, 0.1)).toEqual([1, 1, 1, 1, 2]);
    expect(rowsOf(1, 1)).toEqual([1, 1]);
  }));
