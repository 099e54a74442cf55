import { reshape, slice, transpose, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { conv2dInfo } from '../../rules/convolution/geometry';
import {
  attrsChannelsLast,
  isChannelsFirst,
  shapeChannelsLast,
  toChannelsLast,
} from '../../rules/convolution/layout';
import { unfold } from '../../rules/convolution/unfold';
import { defineLayer, type LinearLayer } from '../layer';

/** The unfolded input is held in blocks of at most this many bytes. */
const BLOCK = 64 * 2 ** 20;

/*
 * A convolution is a dense layer on patches: b = batch x output positions, n = kernel height x width x channels. A patch embedding is the
 * case where the stride is the kernel's size.
 */
defineLayer({
  kernel: 'Conv2D',
  weight: 'filter',
  data: 'x',
  layer({ x, filter }, attrs): LinearLayer {
    const [kh, kw, c, m] = filter!.shape as [number, number, number, number];
    const first = isChannelsFirst(attrs);
    const shape = first ? shapeChannelsLast(x!.shape) : x!.shape;
    const last: Attrs = first ? attrsChannelsLast(attrs) : attrs;
    const { outShape } = conv2dInfo(shape, filter!.shape, last);
    const [batch, oh, ow] = outShape;
    const n = kh * kw * c;
    const perBlock = Math.max(1, Math.floor(BLOCK / Math.max(4 * oh * ow * n, 1)));
    return {
      b: batch * oh * ow,
      n,
      m,
      stacks: 1,
      *blocks(data) {
        const images = first ? toChannelsLast(data) : data;
        if (batch <= perBlock) yield () => unfold(images, filter!.shape, last);
        else {
          for (let i = 0; i < batch; i += perBlock) {
            yield () =>
              unfold(
                slice(images, [i, 0, 0, 0], [Math.min(perBlock, batch - i), ...shape.slice(1)]),
                filter!.shape,
                last,
              );
          }
        }
      },
      toMatrix: (w) => reshape(w, [n, m]),
      fromMatrix: (w) => reshape(w, filter!.shape as number[]),
      toRows: (ct: Tensor) => reshape(first ? toChannelsLast(ct) : ct, [batch * oh * ow, m]),
      fromRows: (rows: Tensor) => {
        const images = reshape(rows, [batch, oh, ow, m]);
        return first ? transpose(images, [0, 3, 1, 2]) : images;
      },
    };
  },
});
