import * as tf from '@tensorflow/tfjs-core';
import { affine, conv, dense, norm, weight, type Affine, type Norm } from './plain';
import type { Model } from './workload';

interface Unit {
  kernel: tf.Tensor;
  norm: Norm;
}

interface Block {
  first: Unit;
  second: Unit;
  shortcut?: Unit;
}

interface Params {
  stem: Unit;
  blocks: Block[];
  head: Affine;
}

const unit = (size: number, before: number, width: number): Unit => ({
  kernel: weight([size, size, before, width]),
  norm: norm(width),
});

/** ResNet-18 in the form for images of 32 x 32: 64, 128, 256 and 512 channels, two blocks each. */
export const resnet18: Model = {
  init: (): Params => {
    const blocks: Block[] = [];
    let before = 64;
    for (const width of [64, 128, 256, 512])
      for (let i = 0; i < 2; i++, before = width)
        blocks.push({
          first: unit(3, before, width),
          second: unit(3, width, width),
          ...(before !== width && { shortcut: unit(1, before, width) }),
        });
    return { stem: unit(3, 3, 64), blocks, head: affine(512, 10) };
  },
  logits(params, images, { batchNorm }) {
    const p = params as Params;
    const apply = (u: Unit, y: tf.Tensor, strides = 1): tf.Tensor =>
      batchNorm(u.norm, conv(u.kernel, y, strides));
    let x = tf.relu(apply(p.stem, images));
    for (const { first, second, shortcut } of p.blocks) {
      const strides = shortcut ? 2 : 1;
      const main = apply(second, tf.relu(apply(first, x, strides)));
      x = tf.relu(tf.add(main, shortcut ? apply(shortcut, x, strides) : x));
    }
    return dense(p.head, tf.mean(x, [1, 2]));
  },
};
