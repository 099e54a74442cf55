import {
  add,
  gather,
  mul,
  range,
  reshape,
  scalar,
  slice,
  sub,
  tile,
  topk,
  util,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Draw } from './kernels/draw';
import { sortRounds } from './kernels/permutation';

/** 'TractPermutation' by the sort that tfjs has, for backends that can't compute on the host. */
export function permutationByTopK(
  key: Tensor,
  size: number,
  draw: (key: Tensor, draw: Draw) => Tensor,
): Tensor {
  const lead = key.shape.slice(0, -1);
  const rows = util.sizeFromShape(lead);
  const int = (n: number): Tensor => scalar(n, 'int32');
  const firsts = mul(reshape(range(0, rows, 1, 'int32'), [rows, 1]), int(size));
  let order: Tensor = tile(reshape(range(0, size, 1, 'int32'), [1, size]), [rows, 1]);
  let keys = reshape(key, [rows, 2]);
  for (let round = sortRounds(size); round > 0; round--) {
    const pair = draw(keys, { draw: 'keys', shape: [2] });
    const part = (i: number): Tensor => reshape(slice(pair, [0, i, 0], [rows, 1, 2]), [rows, 2]);
    keys = part(0);
    const bits = draw(part(1), { draw: 'bits', shape: [size] });
    // topk sorts downwards and by sign: -1 - bits turns the order round, adding 2^31 makes it unsigned.
    const { indices } = topk(sub(sub(int(-1), bits), int(-0x80000000)), size, true);
    order = gather(reshape(order, [rows * size]), add(indices, firsts));
  }
  return reshape(order, [...lead, size]);
}
