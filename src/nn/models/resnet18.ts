import { withDefaults } from '../../core/errors';
import { heNormal } from '../initializers';
import { batchNorm, conv2d, dense, globalAvgPool, relu, residual, residualWith, sequential } from '../layers';
import type { AnyLayer } from '../layer';

const convolution = (width: number, size: number, strides = 1) =>
  conv2d(width, size, { strides, useBias: false, kernelInit: heNormal() });

/** Two convolutions with a shortcut past them, itself a convolution where the shape changes. */
function block(width: number, strides: number, sameShape: boolean): AnyLayer {
  const main = sequential({
    conv1: convolution(width, 3, strides),
    norm1: batchNorm(),
    relu: relu(),
    conv2: convolution(width, 3),
    norm2: batchNorm(),
  });
  const shortcut = sequential({ conv: convolution(width, 1, strides), norm: batchNorm() });
  return sequential({ sum: sameShape ? residual(main) : residualWith(main, shortcut), relu: relu() });
}

/**
 * ResNet-18 for CIFAR: a 3 x 3 convolution without pooling in front, then four stages of two blocks with 64, 128, 256 and 512 channels (He et
 * al.: Deep residual learning for image recognition, 2016, in the form for 32 x 32 images that pytorch-cifar made usual). 11,173,962
 * parameters for ten classes.
 *
 * @param options `width`: channels of the first stage, 64 by default
 * @example
 * ```ts
 * summary(resnet18(), [32, 32, 3]).parameters; // 11173962
 * ```
 */
export function resnet18(options: { classes?: number; width?: number } = {}) {
  const { classes, width } = withDefaults('resnet18', options, { classes: 10, width: 64 });
  const stage = (index: number): AnyLayer =>
    sequential(
      block(width * 2 ** index, index === 0 ? 1 : 2, index === 0),
      block(width * 2 ** index, 1, true),
    );
  return sequential({
    conv: convolution(width, 3),
    norm: batchNorm(),
    relu: relu(),
    stage1: stage(0),
    stage2: stage(1),
    stage3: stage(2),
    stage4: stage(3),
    pool: globalAvgPool(),
    head: dense(classes),
  });
}
