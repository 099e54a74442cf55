import { slice_util, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { exampleShape } from '../families/batching';
import { linear } from '../families/linear';
import { cutOut, padAround } from './margins';

// What the slice leaves out gets zero.
linear('Slice', 'x', {
  transpose: (ct, { avals: { x }, attrs }) => padAround(ct, extent(x!.shape, attrs).begin, x!.shape),
  batch: ({ inputs: { x }, attrs, size: examples }) => {
    const { begin, size } = extent(exampleShape(x!), attrs);
    return cutOut(x!.value, [0, ...begin], [examples, ...size]);
  },
  shape: ({ inputs: { x }, attrs }) => ({ shape: extent(x!.shape, attrs).size, dtype: x!.dtype }),
});

/** Begin and size for every axis: axes left out are taken whole, and a size of -1 reaches to the end. */
function extent(shape: readonly number[], { begin, size }: Attrs): { begin: number[]; size: number[] } {
  const [begins, sizes] = slice_util.parseSliceParams({ shape: [...shape] } as Tensor, begin, size);
  return { begin: begins!, size: sizes! };
}
