import { reshape, scatterND, transpose, util, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs, BatchCall, Named } from '../../core/rule';
import { exampleShape, withBatch } from '../families/batching';
import { linear } from '../families/linear';
import { layoutOf, offset, takeRows, type Layout } from './offsets';

// y[l, o, i] = x[l, o, indices[l, i]]: rows of x along an axis. The transpose adds each row of the cotangent up where it was taken.
linear('GatherV2', 'x', {
  reads: ['indices'],
  transpose: (ct, { inputs, avals, attrs }) => {
    const { shape } = avals.x!;
    return reshape(scatterRows(ct, inputs.indices!, layout(shape, inputs.indices!, attrs)), [...shape]);
  },
  batch,
  shape: ({ inputs, attrs }) => ({
    shape: gathered(inputs.x!.shape, inputs.indices!, attrs),
    dtype: inputs.x!.dtype,
  }),
  // wasm's kernel reads wrong indices for all but the first of several batches; tfjs-node's counts no axis from the end.
  broken: (backend, { x, indices }: Named<Tensor>, attrs) =>
    (backend === 'wasm' && layout(x!.shape, indices!, attrs).lead > 1) ||
    (backend === 'tensorflow' && attrs.axis < 0),
  polyfill: ({ x, indices }: Named<Tensor>, attrs) =>
    reshape(takeRows(x!, indices!, layout(x!.shape, indices!, attrs)), gathered(x!.shape, indices!, attrs)),
});

/** The transpose of `takeRows`: adds rows up at the places that the indices name, `[lead outer n, inner]`. */
export function scatterRows(rows: Tensor, indices: Tensor, layout: Layout): Tensor {
  const { lead, outer, n, inner } = layout;
  const places = offset(indices, layout);
  return scatterND(reshape(places, [-1, 1]), reshape(rows, [places.size, inner]), [lead * outer * n, inner]);
}

interface Indexed {
  readonly shape: readonly number[];
}

function axes(shape: readonly number[], indices: Indexed, attrs: Attrs): { axis: number; batchDims: number } {
  const [axis] = util.parseAxisParam(attrs.axis, shape as number[]);
  const batchDims = attrs.batchDims ?? 0;
  return { axis: axis!, batchDims: batchDims < 0 ? batchDims + indices.shape.length : batchDims };
}

function layout(shape: readonly number[], indices: Indexed, attrs: Attrs): Layout {
  const { axis, batchDims } = axes(shape, indices, attrs);
  return layoutOf(shape, axis, batchDims);
}

function gathered(shape: readonly number[], indices: Indexed, attrs: Attrs): number[] {
  const { axis, batchDims } = axes(shape, indices, attrs);
  return [...shape.slice(0, axis), ...indices.shape.slice(batchDims), ...shape.slice(axis + 1)];
}

function batch({ inputs, size, attrs }: BatchCall): Tensor {
  const x = inputs.x!;
  const indices = inputs.indices!;
  const { axis, batchDims } = axes(exampleShape(x), { shape: exampleShape(indices) }, attrs);
  const take = (values: Tensor, places: Tensor, along: number, shared: number): Tensor =>
    runKernel('GatherV2', { x: values, indices: places }, { axis: along, batchDims: shared });
  if (batchDims === 0 && !indices.batched) return take(x.value, indices.value, axis + 1, 0);
  if (batchDims === 0 && !x.batched) {
    const y = take(x.value, indices.value, axis, 0);
    const others = y.shape.map((_, i) => i).filter((i) => i !== axis);
    return axis === 0 ? y : transpose(y, [axis, ...others]);
  }
  return take(withBatch(x, size), withBatch(indices, size), axis + 1, batchDims + 1);
}
