import { cast, expandDims, less, lessEqual, sum, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule, type Named } from '../../core/rule';
import { foldedBatch } from '../families/batching';
import { like } from '../families/outputs';

// Where the values of each row would be inserted: places, hence constant.
defineRule('SearchSorted', {
  constant: true,
  batch: foldedBatch,
  shape: like('values', 'int32'),
  // A place is how many elements stay in front of it.
  polyfill: ({ sortedSequence, values }: Named<Tensor>, { side }) => {
    const [row, column] = [expandDims(sortedSequence!, 1), expandDims(values!, 2)];
    const inFront = side === 'left' ? less(row, column) : lessEqual(row, column);
    return sum(cast(inFront, 'int32'), 2);
  },
});
