import {
  getBackend,
  reshape,
  scatterND,
  transpose,
  where,
  zerosLike,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import { provideKernels } from '../../core/ownKernels';
import type { BatchCall, Batching, Named, Rule } from '../../core/rule';
import { exampleShape, withBatch } from '../families/batching';
import { linear } from '../families/linear';
import { GATHER_ROWS, registerGatherKernel } from './gatherKernel';
import { inside } from './inside';
import { gatherAxes, gatheredShape, gatherLayout, type Layout } from './layout';
import { offset, takeRows } from './offsets';

provideKernels(registerGatherKernel);

// y[l, o, i] = x[l, o, indices[l, i]]: rows of x along an axis. The transpose adds each row of the cotangent up where it was taken.
function gathering(kernel: string, rest: Pick<Rule, 'broken' | 'polyfill'>): void {
  linear(kernel, 'x', {
    reads: ['indices'],
    transpose: (ct, { inputs, avals, attrs }) => {
      const layout = gatherLayout(avals.x!, inputs.indices!, attrs);
      const rows = getBackend() === 'webgpu' ? withoutOutside(ct, inputs.indices!, layout) : ct;
      return reshape(scatterRows(rows, inputs.indices!, layout), [...avals.x!.shape]);
    },
    shape: ({ inputs: { x, indices }, attrs }) => ({
      shape: gatheredShape(x!, indices!, attrs),
      dtype: x!.dtype,
    }),
    ...rest,
  });
}

// By tfjs's name, and by that of our kernel, which stands for tfjs's where there is one.
gathering('GatherV2', {
  // tfjs-node's kernel counts no axis from the end.
  broken: (backend, { x }: Named<Tensor>, attrs) =>
    backend === 'cpu' || backend === 'wasm' ? isNumeric(x!) : backend === 'tensorflow' && attrs.axis < 0,
  polyfill: ({ x, indices }: Named<Tensor>, attrs) => runKernel(GATHER_ROWS, { x, indices }, attrs),
});
gathering(GATHER_ROWS, {
  polyfill: ({ x, indices }: Named<Tensor>, attrs) =>
    reshape(takeRows(x!, indices!, gatherLayout(x!, indices!, attrs)), gatheredShape(x!, indices!, attrs)),
});

function isNumeric({ dtype }: Tensor): boolean {
  return dtype !== 'string' && dtype !== 'complex64';
}

/**
 * The cotangent of what was taken, with zeros where an index lies outside: there webgpu's gather gives zeros, and its scatter would add to
 * another row. (No tfjs issue is filed. Other backends throw, and webgl leaves such rows out.)
 */
function withoutOutside(ct: Tensor, indices: Tensor, { lead, outer, n, inner }: Layout): Tensor {
  const count = lead === 0 ? 0 : indices.size / lead;
  const [, isInside] = inside(reshape(indices, [lead, 1, count, 1]), n, 0);
  const rows = reshape(ct, [lead, outer, count, inner]);
  return reshape(where(isInside, rows, zerosLike(rows)), ct.shape);
}

/** The transpose of `takeRows`: adds rows up at the places that the indices name, `[lead outer n, inner]`. */
export function scatterRows(rows: Tensor, indices: Tensor, layout: Layout): Tensor {
  const { lead, outer, n, inner } = layout;
  const places = offset(indices, layout);
  return scatterND(reshape(places, [-1, 1]), reshape(rows, [places.size, inner]), [lead * outer * n, inner]);
}

function batch({ inputs, size, attrs }: BatchCall): Tensor {
  const x = inputs.x!;
  const indices = inputs.indices!;
  const { axis, batchDims } = gatherAxes({ shape: exampleShape(x) }, { shape: exampleShape(indices) }, attrs);
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

export const batching: Batching = () => ({ GatherV2: batch, [GATHER_ROWS]: batch });
