import { reverse } from '@tensorflow/tfjs-core';
import { shiftAxes } from '../families/batching';
import { linear } from '../families/linear';

// Turning around twice changes nothing: the map is its own transpose.
linear('Reverse', 'x', {
  transpose: (ct, { attrs }) => reverse(ct, attrs.dims),
  batch: ({ inputs: { x }, attrs }) => reverse(x!.value, shiftAxes(attrs.dims, x!)),
  shape: ({ inputs }) => inputs.x!,
});
