import { withDefaults } from '../../core/errors';
import { heNormal } from '../initializers';
import { activation, conv2d, dense, flatten, maxPool, relu, sequential } from '../layers';
import { tanh } from '@tensorflow/tfjs-core';

/**
 * LeNet-5 for images [28, 28, 1] or [32, 32, c] (LeCun et al.: Gradient-based learning applied to document recognition, 1998, with max
 * pooling and all channels connected): 61,706 parameters for ten classes of grey images.
 *
 * @param options `padding`: of the first convolution, 'same' by default, which fits 28 x 28; 'valid' for 32 x 32
 * @example
 * ```ts
 * lenet().init(random.key(0), [28, 28, 1]).outputShape; // [10]
 * ```
 */
export function lenet(options: { classes?: number; padding?: 'same' | 'valid' } = {}) {
  const { classes, padding } = withDefaults('lenet', options, { classes: 10, padding: 'same' });
  return sequential({
    conv1: conv2d(6, 5, { padding }),
    tanh1: activation(tanh),
    pool1: maxPool(2),
    conv2: conv2d(16, 5, { padding: 'valid' }),
    tanh2: activation(tanh),
    pool2: maxPool(2),
    flatten: flatten(),
    dense1: dense(120, { kernelInit: heNormal() }),
    relu1: relu(),
    dense2: dense(84, { kernelInit: heNormal() }),
    relu2: relu(),
    head: dense(classes),
  });
}
