import { getBackend, reshape, tile, util, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs } from '../../core/rule';
import { broadcastLike, sumTo } from '../families/broadcast';
import { linear } from '../families/linear';
import { replaced } from './axes';
import { mergeAxes, XNNPACK_RANK } from '../families/mergeAxes';
import { isHighOnGPU } from '../families/webgpu';

// n elements repeated r times are [1, n] broadcast to [r, n]: the transpose sums over the first of these axes.
linear('Tile', 'x', {
  transpose: (ct, { avals: { x }, attrs: { reps } }) => {
    const { once, repeated } = apart(x!.shape, reps);
    return reshape(sumTo(reshape(ct, repeated), once), [...x!.shape]);
  },
  batch: ({ inputs: { x }, attrs: { reps } }) =>
    runKernel('Tile', { x: x!.value }, { reps: [1, ...(reps as number[])] }),
  shape: ({ inputs: { x }, attrs: { reps } }) => ({ shape: tiled(x!.shape, reps), dtype: x!.dtype }),
  // wasm's kernel takes 10 to 20 times as long as broadcasting; those of webgpu and webgl read tensors of high rank back.
  broken: (backend, { x }: { x: Tensor }, { reps }) => {
    if (isHighOnGPU(backend, x)) return true;
    if (backend !== 'wasm' || x.dtype === 'string') return false;
    const { once, repeated } = apart(x.shape, reps);
    return mergeAxes([once], repeated)[1].length <= XNNPACK_RANK;
  },
  polyfill: ({ x }: { x: Tensor }, { reps }: Attrs) => {
    if (isHighOnGPU(getBackend(), x)) return axisByAxis(x, reps);
    const { once, repeated } = apart(x.shape, reps);
    return reshape(broadcastLike(reshape(x, once), repeated), tiled(x.shape, reps));
  },
});

/** Each axis, with all behind it, is a row that is repeated. */
function axisByAxis(x: Tensor, reps: readonly number[]): Tensor {
  return reps.reduce((t, times, axis) => {
    if (times === 1) return t;
    const rows = reshape(t, [-1, util.sizeFromShape(t.shape.slice(axis))]);
    return reshape(tile(rows, [1, times]), replaced(t.shape, axis, t.shape[axis]! * times));
  }, x);
}

function tiled(shape: readonly number[], reps: readonly number[]): number[] {
  return shape.map((n, i) => n * reps[i]!);
}

/** Shapes before and after, with an axis of its own for each repetition. */
function apart(shape: readonly number[], reps: readonly number[]): { once: number[]; repeated: number[] } {
  return {
    once: shape.flatMap((n, i) => (reps[i] === 1 ? [n] : [1, n])),
    repeated: shape.flatMap((n, i) => (reps[i] === 1 ? [n] : [reps[i]!, n])),
  };
}
