import { exampleShape } from '../families/batching';
import { linear } from '../families/linear';
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
});

function before(margins: readonly Margins[]): number[] {
  return margins.map(([places]) => places);
}

/** The shape with margins around it. */
export function withMargins(shape: readonly number[], margins: readonly Margins[]): number[] {
  return shape.map((n, i) => margins[i]![0] + n + margins[i]![1]);
}
