import { eye, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import { ruleOf, type Attrs, type Aval } from '../../core/rule';
import { swapLast } from '../../rules/families/matMulT';
import { defineLayer, type LinearLayer } from '../layer';
import { partsOf } from './images';

/*
 * Linear primitives without an unfolding of their own are probed: with the identity in place of its filter, a primitive returns the very
 * rows that it multiplies by a filter. What a filter's outputs are, and what its inputs, is all that it takes to say so.
 */

interface Probe {
  kernel: string;
  /** The data operand; the other one is `filter`, with its spatial axes first. */
  data: string;
  /** Which of the filter's last two axes its outputs are. */
  outputs: 'last' | 'secondToLast';
}

function defineProbed({ kernel, data, outputs }: Probe): void {
  const isLast = outputs === 'last';
  defineLayer({
    kernel,
    weight: 'filter',
    data,
    layer(avals, attrs): LinearLayer {
      const filterShape = avals.filter!.shape as number[];
      const taps = filterShape.slice(0, -2);
      const [features, m] = isLast ? filterShape.slice(-2) : filterShape.slice(-2).reverse();
      const n = taps.reduce((a, d) => a * d, 1) * features!;
      const [batch, ...rest] = outputShape(kernel, avals, attrs);
      const positions = rest.slice(0, -1).reduce((a, d) => a * d, 1);
      /** [..., features, outputs] <-> the filter's own order. */
      const ordered = (w: Tensor): Tensor => (isLast ? w : swapLast(w));
      return {
        kind: 'dense',
        b: batch! * positions,
        n,
        m: m!,
        stacks: 1,
        *blocks(x, share) {
          for (const part of partsOf(x, 4 * positions * n, share)) {
            yield () => {
              const images = part();
              const identity = ordered(reshape(eye(n), [...taps, features!, n]));
              const called = withOutputs(attrs, images.shape[0]!, n);
              return reshape(runKernel<Tensor>(kernel, { [data]: images, filter: identity }, called), [
                -1,
                n,
              ]);
            };
          }
        },
        toMatrix: (w) => reshape(ordered(w), [n, m!]),
        fromMatrix: (w) => ordered(reshape(w, [...taps, features!, m!])),
        toRows: (ct) => reshape(ct, [batch! * positions, m!]),
      };
    },
  });
}

export function outputShape(kernel: string, inputs: Record<string, Aval>, attrs: Attrs): readonly number[] {
  const { shape } = ruleOf(kernel)!.shape!({ kernel, inputs, attrs, infer: () => [] }) as Aval;
  return shape;
}

/** The attributes of a transposed convolution state the shape of its output. */
export function withOutputs(attrs: Attrs, batch: number, channels: number): Attrs {
  if (attrs.inputShape === undefined) return attrs;
  return { ...attrs, inputShape: [batch, ...attrs.inputShape.slice(1, -1), channels] };
}

defineProbed({ kernel: 'Conv3D', data: 'x', outputs: 'last' });
// Transposed convolutions: the filter is [taps ..., outputs, inputs].
defineProbed({ kernel: 'Conv2DBackpropInput', data: 'dy', outputs: 'secondToLast' });
defineProbed({ kernel: 'Conv3DBackpropInputV2', data: 'dy', outputs: 'secondToLast' });
