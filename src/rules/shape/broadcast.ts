import { equal, expandDims, where, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule, type Attrs, type Batched, type Batching } from '../../core/rule';
import { broadcastLike } from '../families/broadcast';
import { exampleShape } from '../families/batching';
import { padAround } from './margins';

// No backend of tfjs has the kernel: tf.broadcastTo calls Tile.
defineRule('BroadcastTo', {
  decompose: ({ x }: { x: Tensor }, { shape }: Attrs) => broadcastLike(x, shape),
});

// The shape to which two shapes broadcast, as a tensor. Under vmap it can't be checked that they do.
defineRule('BroadcastArgs', {
  constant: true,
  shape: ({ inputs: { s0, s1 } }) => ({ shape: [Math.max(s0!.shape[0]!, s1!.shape[0]!)], dtype: 'int32' }),
});

function withLeadingOnes({ value, batched }: Batched, rank: number): Tensor {
  const rows = batched ? value : expandDims(value, 0);
  const [size, length] = rows.shape as [number, number];
  return padAround(rows, [0, rank - length], [size, rank], 1);
}

export const batching: Batching = () => ({
  BroadcastArgs: ({ inputs: { s0, s1 } }) => {
    const rank = Math.max(exampleShape(s0!)[0]!, exampleShape(s1!)[0]!);
    const [a, b] = [s0!, s1!].map((input) => withLeadingOnes(input, rank)) as [Tensor, Tensor];
    const size = Math.max(a.shape[0]!, b.shape[0]!);
    const [wholeA, wholeB] = [a, b].map((t) => broadcastLike(t, [size, rank])) as [Tensor, Tensor];
    return where(equal(wholeA, 1), wholeB, wholeA);
  },
});
