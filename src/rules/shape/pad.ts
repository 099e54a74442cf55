import { pad, slice } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import { linear } from '../families/linear';

type Margins = readonly [before: number, after: number];

// The margins are constant, so their cotangents drop, and the tangent's margins are zero.
linear('PadV2', 'x', {
  transpose: (ct, { avals, attrs }) =>
    slice(
      ct,
      (attrs.paddings as Margins[]).map(([before]) => before),
      [...avals.x!.shape],
    ),
  jvp: ({ tangents, attrs }) => pad(tangents.x!, attrs.paddings),
  batch: ({ inputs: { x }, attrs }) =>
    runKernel('PadV2', { x: x!.value }, { ...attrs, paddings: [[0, 0], ...(attrs.paddings as Margins[])] }),
  shape: ({ inputs: { x }, attrs }) => ({ shape: padded(x!.shape, attrs.paddings), dtype: x!.dtype }),
});

function padded(shape: readonly number[], margins: readonly Margins[]): number[] {
  return shape.map((n, i) => margins[i]![0] + n + margins[i]![1]);
}
