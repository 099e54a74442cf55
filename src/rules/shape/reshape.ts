import { expandDims, reshape, util, type Tensor } from '@tensorflow/tfjs-core';
import type { Aval, Named, Residuals } from '../../core/rule';
import { exampleShape } from '../families/batching';
import { byParts } from '../families/complexParts';
import { linear } from '../families/linear';
import { behindBatch } from './axes';

/** Only the order of elements counts: back to the input's shape. */
const restore =
  (input: string) =>
  (ct: Tensor, { avals }: Residuals): Tensor =>
    reshape(ct, [...avals[input]!.shape]);

/**
 * tfjs's own kernels (4.22) share the parts of a complex tensor: cpu's give them the new shape, also for the old tensor, those of GPUs leave
 * them in the old one, and `real` and `imag` go by that.
 */
const sharesParts = (backend: string, inputs: Named<Aval>): boolean =>
  backend !== 'tensorflow' && (inputs.x ?? inputs.input)!.dtype === 'complex64';

linear('Reshape', 'x', {
  transpose: restore('x'),
  batch: ({ inputs: { x }, attrs, size }) =>
    reshape(x!.value, [size, ...inferred(attrs.shape, exampleShape(x!))]),
  shape: ({ inputs: { x }, attrs }) => ({ shape: inferred(attrs.shape, x!.shape), dtype: x!.dtype }),
  broken: sharesParts,
  polyfill: ({ x }, { shape }) => byParts(x, (part) => reshape(part, shape)),
});

linear('ExpandDims', 'input', {
  transpose: restore('input'),
  batch: ({ inputs: { input }, attrs: { dim } }) => expandDims(input!.value, behindBatch(dim)),
  shape: ({ inputs: { input }, attrs: { dim } }) => {
    const { shape, dtype } = input!;
    return { shape: shape.toSpliced(dim < 0 ? shape.length + 1 + dim : dim, 0, 1), dtype };
  },
  broken: sharesParts,
  polyfill: ({ input }, { dim }) => byParts(input, (part) => expandDims(part, dim)),
});

/** A shape whose one -1, if any, stands for what the elements leave. */
function inferred(shape: number[], from: readonly number[]): number[] {
  return util.inferFromImplicitShape(shape, util.sizeFromShape([...from]));
}
