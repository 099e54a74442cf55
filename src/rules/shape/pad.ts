import type { Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { exampleShape } from '../families/batching';
import { linear } from '../families/linear';
import { XNNPACK_RANK } from '../families/mergeAxes';
import { isHighOnGPU } from '../families/webgpu';
import { replaced } from './axes';
import { cutOut, padAround } from './margins';

export type Margins = readonly [before: number, after: number];

// The margins are constant, so their cotangents drop, and the tangent's margins are zero.
linear('PadV2', 'x', {
  transpose: (ct, { avals: { x }, attrs }) => cutOut(ct, before(attrs.paddings), x!.shape),
  jvp: ({ tangents, outputs, attrs }) => padAround(tangents.x!, before(attrs.paddings), outputs[0]!.shape),
  batch: ({ inputs: { x }, attrs: { paddings, constantValue }, size }) =>
    padAround(
      x!.value,
      [0, ...before(paddings)],
      [size, ...withMargins(exampleShape(x!), paddings)],
      constantValue,
    ),
  shape: ({ inputs: { x }, attrs }) => ({ shape: withMargins(x!.shape, attrs.paddings), dtype: x!.dtype }),
  broken: (backend, { x }: { x: Tensor }) =>
    (backend === 'wasm' && x.rank > XNNPACK_RANK) || isHighOnGPU(backend, x),
  // Axis by axis, each a padding of rank 2 at most.
  polyfill: ({ x }: { x: Tensor }, { paddings, constantValue }: Attrs) =>
    (paddings as Margins[]).reduce<Tensor>((t, margins, axis) => {
      const origin = t.shape.map(() => 0);
      const length = t.shape[axis]! + margins[0] + margins[1];
      return padAround(t, replaced(origin, axis, margins[0]), replaced(t.shape, axis, length), constantValue);
    }, x),
});

function before(margins: readonly Margins[]): number[] {
  return margins.map(([places]) => places);
}

/** The shape with margins around it. */
export function withMargins(shape: readonly number[], margins: readonly Margins[]): number[] {
  return shape.map((n, i) => margins[i]![0] + n + margins[i]![1]);
}
