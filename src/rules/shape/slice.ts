import { pad, slice, slice_util, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { exampleShape } from '../families/batching';
import { linear } from '../families/linear';

// What the slice leaves out gets zero: the transpose pads.
linear('Slice', 'x', {
  transpose: (ct, { avals, attrs }) => {
    const { shape } = avals.x!;
    const { begin, size } = extent(shape, attrs);
    return pad(
      ct,
      shape.map((n, i): [number, number] => [begin[i]!, n - begin[i]! - size[i]!]),
    );
  },
  batch: ({ inputs: { x }, attrs, size: examples }) => {
    const { begin, size } = extent(exampleShape(x!), attrs);
    return slice(x!.value, [0, ...begin], [examples, ...size]);
  },
  shape: ({ inputs: { x }, attrs }) => ({ shape: extent(x!.shape, attrs).size, dtype: x!.dtype }),
});

/** Begin and size for every axis: axes left out are taken whole, and a size of -1 reaches to the end. */
function extent(shape: readonly number[], { begin, size }: Attrs): { begin: number[]; size: number[] } {
  const [begins, sizes] = slice_util.parseSliceParams({ shape: [...shape] } as Tensor, begin, size);
  return { begin: begins!, size: sizes! };
}
