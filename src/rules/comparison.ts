import { notEqual, type Tensor } from '@tensorflow/tfjs-core';
import { constant } from './families/constant';

for (const kernel of ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual']) {
  constant(kernel, 'bool');
}
for (const kernel of ['LogicalAnd', 'LogicalOr', 'LogicalNot']) constant(kernel, 'bool');
// Only webgpu and webgl have the kernel: tf.logicalXor does not call it.
constant('LogicalXor', 'bool', { polyfill: ({ a, b }: { a: Tensor; b: Tensor }) => notEqual(a, b) });
