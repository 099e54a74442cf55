import { cast, expandDims, less, lessEqual, reshape, sum, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import { defineRule, type Named } from '../../core/rule';
import { mergeBatch, withBatch } from '../families/batching';

// Where the values of each row would be inserted: places, hence constant.
defineRule('SearchSorted', {
  constant: true,
  batch: ({ kernel, inputs, size, attrs }) => {
    const [sortedSequence, values] = [inputs.sortedSequence!, inputs.values!].map((t) => withBatch(t, size));
    const places = runKernel(
      kernel,
      { sortedSequence: mergeBatch(sortedSequence!), values: mergeBatch(values!) },
      attrs,
    );
    return reshape(places, values!.shape);
  },
  shape: ({ inputs }) => ({ shape: inputs.values!.shape, dtype: 'int32' }),
  // A place is how many elements stay in front of it.
  polyfill: ({ sortedSequence, values }: Named<Tensor>, { side }) => {
    const [row, column] = [expandDims(sortedSequence!, 1), expandDims(values!, 2)];
    const inFront = side === 'left' ? less(row, column) : lessEqual(row, column);
    return sum(cast(inFront, 'int32'), 2);
  },
});
