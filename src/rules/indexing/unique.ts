import {
  gather,
  range,
  reshape,
  reverse,
  scalar,
  util,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import { defineRule, type Attrs } from '../../core/rule';
import { scatterRows } from './gather';
import { layoutOf } from './layout';

/*
 * The distinct slices of x along an axis, in the order in which they come first, and for each slice of x which of them it is.
 * A derivative goes to the first of equals.
 */
defineRule('Unique', {
  vjp: {
    x: {
      readsOutputs: [1],
      pull: (ct, { outputs, avals, attrs }) => {
        const { shape } = avals.x!;
        const axis = axisOf(shape, attrs);
        const places = firsts(outputs[1]!, ct.shape[axis]!);
        return reshape(scatterRows(ct, places, layoutOf(shape, axis, 0)), [...shape]);
      },
    },
  },
  jvp: ({ tangents, outputs: [values, indices], attrs }) => {
    const axis = axisOf(tangents.x!.shape, attrs);
    return [gather(tangents.x!, firsts(indices!, values!.shape[axis]!) as Tensor1D, axis), null];
  },
  uncapturable: 'how many distinct slices there are depends on their values',
});

function axisOf(shape: readonly number[], attrs: Attrs): number {
  return util.parseAxisParam(attrs.axis, shape as number[])[0]!;
}

/** The place at which each distinct slice comes first: the last to be written when going backwards. */
function firsts(indices: Tensor, count: number): Tensor {
  return runKernel(
    'SparseToDense',
    {
      sparseIndices: reshape(reverse(indices), [-1, 1]),
      sparseValues: reverse(range(0, indices.size, 1, 'int32')),
      defaultValue: scalar(0, 'int32'),
    },
    { outputShape: [count] },
  );
}
