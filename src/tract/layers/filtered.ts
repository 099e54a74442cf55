import { eye, reshape, slice, tile, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs } from '../../core/rule';
import { isChannelsFirst } from '../../rules/convolution/layout';
import { defineLayer, partOf, type LinearLayer } from '../layer';
import { outputShape, withOutputs } from './probed';

/*
 * Parameters that go through filters which are data: an image that is trained. Each image w_j of the batch is a column of W, z_j = x w_j, and x,
 * [output positions x channels, input positions x channels], is what the convolution makes of all unit images. Rows come channel by channel.
 */

const product = (sizes: readonly number[]): number => sizes.reduce((a, d) => a * d, 1);

interface Filtered {
  kernel: string;
  /** The operand that is the parameter. */
  weight: string;
  /** Which of the filter's axes its outputs are. */
  outputs: -1 | -2;
}

function defineFiltered({ kernel, weight, outputs }: Filtered): void {
  defineLayer({
    kernel,
    weight,
    data: 'filter',
    layer(avals, attrs): LinearLayer {
      const [batch, ...image] = avals[weight]!.shape as [number, ...number[]];
      const filterShape = avals.filter!.shape;
      const channels = filterShape.at(outputs)!;
      const [, ...out] = outputShape(kernel, avals, attrs);
      const n = product(image);
      const b = product(out);
      const first = isChannelsFirst(attrs);
      /** [count, positions, channels] -> [channels positions, count], whatever the layout. */
      const byChannel = (t: Tensor, count: number, c: number): Tensor => {
        const positions = b / channels;
        const flat = first ? reshape(t, [count, c * positions]) : reshape(t, [count, positions, c]);
        return first ? transpose(flat) : reshape(transpose(flat, [2, 1, 0]), [c * positions, count]);
      };
      return {
        kind: 'dense',
        b,
        n,
        m: batch,
        stacks: 1,
        orientation: 'image',
        *blocks(filter, share) {
          for (let c = 0; c < partOf(channels, share); c++) {
            yield () => {
              const axis = filterShape.length + outputs;
              const one = slice(
                filter,
                filterShape.map((_, i) => (i === axis ? c : 0)),
                filterShape.map((size, i) => (i === axis ? 1 : size)),
              );
              const units = reshape(eye(n), [n, ...image]);
              const called = withOutputs(attrs, n, 1);
              return byChannel(runKernel<Tensor>(kernel, { [weight]: units, filter: one }, called), n, 1);
            };
          }
        },
        toMatrix: (w) => transpose(reshape(w, [batch, n])),
        fromMatrix: (w) => reshape(transpose(w), [batch, ...image]),
        toRows: (ct) => byChannel(ct, batch, channels),
      };
    },
  });
}

defineFiltered({ kernel: 'Conv2D', weight: 'x', outputs: -1 });
defineFiltered({ kernel: 'Conv3D', weight: 'x', outputs: -1 });
defineFiltered({ kernel: 'Conv2DBackpropInput', weight: 'dy', outputs: -2 });
defineFiltered({ kernel: 'Conv3DBackpropInputV2', weight: 'dy', outputs: -2 });

/* Of a depthwise convolution, each channel is an image of its own, with an A of its own. */
defineLayer({
  kernel: 'DepthwiseConv2dNative',
  weight: 'x',
  data: 'filter',
  layer(
    avals: Record<string, { shape: readonly number[]; dtype: Tensor['dtype'] }>,
    attrs: Attrs,
  ): LinearLayer {
    const [batch, h, w, c] = avals.x!.shape as [number, number, number, number];
    const m = avals.filter!.shape[3]!;
    const [, oh, ow] = outputShape('DepthwiseConv2dNative', avals, attrs) as [number, number, number];
    const n = h * w;
    /** [count, positions, channels, m] -> [channels, m positions, count] */
    const byChannel = (t: Tensor, count: number, multiplier: number): Tensor =>
      reshape(transpose(reshape(t, [count, oh * ow, c, multiplier]), [2, 3, 1, 0]), [
        c,
        multiplier * oh * ow,
        count,
      ]);
    return {
      kind: 'dense',
      b: oh * ow * m,
      n,
      m: batch,
      stacks: c,
      orientation: 'image',
      *blocks(filter, share) {
        for (let k = 0; k < partOf(m, share); k++) {
          yield () => {
            const [kh, kw] = filter.shape as [number, number];
            const one = slice(filter, [0, 0, 0, k], [kh, kw, c, 1]);
            const units = tile(reshape(eye(n), [n, h, w, 1]), [1, 1, 1, c]);
            return byChannel(
              runKernel<Tensor>('DepthwiseConv2dNative', { x: units, filter: one }, attrs),
              n,
              1,
            );
          };
        }
      },
      toMatrix: (x) => transpose(reshape(x, [batch, n, c]), [2, 1, 0]),
      fromMatrix: (x) => reshape(transpose(x, [2, 1, 0]), [batch, h, w, c]),
      toRows: (ct) => byChannel(ct, batch, m),
    };
  },
});
