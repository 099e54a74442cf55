import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import { exampleShape } from '../families/batching';
import { linear } from '../families/linear';
import { BLOCK_SLICE, extent, isBlockSlice } from './blockSlice';
import { cutOut, padAround } from './margins';

// What the slice leaves out gets zero.
for (const kernel of ['Slice', BLOCK_SLICE])
  linear(kernel, 'x', {
    transpose: (ct, { avals: { x }, attrs }) => padAround(ct, extent(x!.shape, attrs).begin, x!.shape),
    batch: ({ inputs: { x }, attrs, size: examples }) => {
      const { begin, size } = extent(exampleShape(x!), attrs);
      return cutOut(x!.value, [0, ...begin], [examples, ...size]);
    },
    shape: ({ inputs: { x }, attrs }) => ({ shape: extent(x!.shape, attrs).size, dtype: x!.dtype }),
    broken: (backend, { x }: { x: Tensor }) => isBlockSlice(backend, x) !== (kernel === BLOCK_SLICE),
    polyfill: (inputs: { x: Tensor }, attrs) =>
      runKernel(isBlockSlice(getBackend(), inputs.x) ? BLOCK_SLICE : 'Slice', inputs, attrs),
  });
