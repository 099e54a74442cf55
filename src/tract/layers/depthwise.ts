import { reshape, transpose } from '@tensorflow/tfjs-core';
import { conv2dInfo } from '../../rules/convolution/geometry';
import { depthwise } from '../../rules/convolution/primitives';
import { depthwiseIdentity } from '../../rules/convolution/unfold';
import { defineLayer, type LinearLayer } from '../layer';
import { partsOf } from './images';

/*
 * Each channel is a convolution of its own: as many weights [taps, multiplier] as there are channels, each with an A of its own.
 */
defineLayer({
  kernel: 'DepthwiseConv2dNative',
  weight: 'filter',
  data: 'x',
  layer({ x, filter }, attrs): LinearLayer {
    const [kh, kw, c, m] = filter!.shape as [number, number, number, number];
    const { outShape } = conv2dInfo(x!.shape, filter!.shape, attrs, true);
    const [batch, oh, ow] = outShape;
    const b = batch * oh * ow;
    const n = kh * kw;
    return {
      kind: 'dense',
      b,
      n,
      m,
      stacks: c,
      *blocks(data, share) {
        for (const part of partsOf(data, 4 * oh * ow * n * c, share)) {
          yield () => {
            const patches = depthwise(part(), depthwiseIdentity(kh, kw, c), attrs);
            return transpose(reshape(patches, [-1, c, n]), [1, 0, 2]);
          };
        }
      },
      toMatrix: (w) => transpose(reshape(w, [n, c, m]), [1, 0, 2]),
      fromMatrix: (w) => reshape(transpose(w, [1, 0, 2]), [kh, kw, c, m]),
      toRows: (ct) => transpose(reshape(ct, [b, c, m]), [1, 0, 2]),
    };
  },
});
