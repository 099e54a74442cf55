import { reshape } from '@tensorflow/tfjs-core';
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
import { partsOf } from './images';

/*
 * A convolution is a dense layer on patches: b = batch x output positions, n = kernel height x width x channels. A patch embedding is the
 * case where the stride is the kernel's size. One-dimensional convolutions come here too, as images of height one.
 */
defineLayer({
  kernel: 'Conv2D',
  weight: 'filter',
  data: 'x',
  layer({ x, filter }, attrs): LinearLayer {
    const [kh, kw, c, m] = filter!.shape as [number, number, number, number];
    const first = isChannelsFirst(attrs);
    const last: Attrs = first ? attrsChannelsLast(attrs) : attrs;
    const { outShape } = conv2dInfo(first ? shapeChannelsLast(x!.shape) : x!.shape, filter!.shape, last);
    const [batch, oh, ow] = outShape;
    const n = kh * kw * c;
    return {
      kind: 'dense',
      b: batch * oh * ow,
      n,
      m,
      stacks: 1,
      *blocks(data, share) {
        for (const part of partsOf(data, 4 * oh * ow * n, share)) {
          yield () => unfold(first ? toChannelsLast(part()) : part(), filter!.shape, last);
        }
      },
      toMatrix: (w) => reshape(w, [n, m]),
      fromMatrix: (w) => reshape(w, filter!.shape as number[]),
      toRows: (ct) => reshape(first ? toChannelsLast(ct) : ct, [batch * oh * ow, m]),
    };
  },
});
