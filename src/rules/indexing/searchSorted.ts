import { reshape } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import { defineRule } from '../../core/rule';
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
});
