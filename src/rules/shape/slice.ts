import { fill, getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Aval } from '../../core/rule';
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
    // Of no numbers cpu (4.22) may hold an array that its kernel can't cut.
    broken: (backend, { x }: { x: Tensor }) =>
      isBlockSlice(backend, x) !== (kernel === BLOCK_SLICE) || (backend === 'cpu' && isEmpty(x)),
    polyfill: (inputs: { x: Tensor }, attrs) =>
      getBackend() === 'cpu' && isEmpty(inputs.x)
        ? fill(extent(inputs.x.shape, attrs).size, inputs.x.dtype === 'string' ? '' : 0, inputs.x.dtype)
        : runKernel(isBlockSlice(getBackend(), inputs.x) ? BLOCK_SLICE : 'Slice', inputs, attrs),
  });

const isEmpty = ({ shape }: Aval): boolean => shape.includes(0);
