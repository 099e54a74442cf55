import {
  add,
  backend_util,
  cast,
  getBackend,
  greater,
  less,
  lessEqual,
  mul,
  neg,
  sigmoid,
  sign,
  step,
  sub,
  util,
  where,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { engine } from '../core/engine';
import { runKernel } from '../core/kernel';
import { defineRule, type Aval, type Named } from '../core/rule';
import { withBatch } from './families/batching';
import { binary, broadcastShapes } from './families/binary';
import { broadcastLike } from './families/broadcast';
import { heaviside } from './families/heaviside';
import { broadcastRightly, isMisbroadcast } from './families/lowRank';
import { like } from './families/outputs';
import { unary } from './families/unary';
import { provideOnTensorFlow } from './tensorflow';

/** dy where y > 0, else 0, for y >= 0: an op of TensorFlow. There `step` is made of four kernels, which takes seven times as long as `sign`. */
const RELU_GRAD = 'ReluGrad';
defineRule(RELU_GRAD, {
  decompose: ({ dy, y }: Record<'dy' | 'y', Tensor>) => mul(dy, sign(y)),
  shape: like('y'),
  broken: () => engine().isTapeOn(),
});
provideOnTensorFlow(RELU_GRAD, (run, { dy, y }) => run('ReluGrad', [dy!, y!], 1)[0]!);

// d relu(x) = dx for x > 0, else 0: zero at zero
unary('Relu', 'y', (t, y) =>
  getBackend() === 'tensorflow' ? runKernel(RELU_GRAD, { dy: t, y }) : mul(t, step(y)),
);

// d min(relu(x), 6) = dx between 0 and 6: zero at 0 like relu, and half at 6 like min
unary('Relu6', 'x', (t, x) => mul(t, mul(step(x), heaviside(sub(6, x)))));
// d leakyRelu(x) = dx for x >= 0, else alpha dx
unary('LeakyRelu', 'x', (t, x, { alpha }) => sub(t, mul(mul(t, 1 - alpha), step(neg(x)))), 'float32');
// y = x for x >= 0, else alpha x
binary(
  'Prelu',
  {
    x: [['x', 'alpha'], (t, { x, alpha }) => where(less(x, 0), mul(t, alpha), t)],
    alpha: [['x'], (t, { x }) => mul(t, mul(x, step(neg(x))))],
  },
  {
    dtype: 'float32',
    // wasm's kernel (4.22) takes alpha for the last axes of x, whatever its shape, and integers for floats.
    broken: (backend, inputs) =>
      isMisbroadcast(backend, inputs) ||
      (backend === 'wasm' && (!isLast(inputs.alpha!, inputs.x!) || areIntegers(inputs))),
    polyfill: (inputs: Named<Tensor>, attrs) => {
      if (isMisbroadcast(getBackend(), inputs)) return broadcastRightly('Prelu', inputs, attrs);
      const shape = broadcastShapes(inputs);
      const [x, alpha] = [inputs.x!, inputs.alpha!].map((t) => broadcastLike(cast(t, 'float32'), shape));
      return runKernel('Prelu', { x, alpha });
    },
  },
);

/** Whether alpha is one number, or has the last axes of x. */
function isLast({ shape }: Aval, x: Aval): boolean {
  const axes = shape.slice(shape.findIndex((n) => n !== 1));
  return shape.every((n) => n === 1) || util.arraysEqual(axes, x.shape.slice(-axes.length));
}

const areIntegers = (inputs: Named<Aval>): boolean =>
  Object.values(inputs).some(({ dtype }) => dtype !== 'float32');

/** 1 where y <= 0, else 0. */
function below(y: Tensor): Tensor {
  return cast(lessEqual(y, 0), 'float32');
}

// d elu(x) = dx for x > 0, else exp(x) dx = (y + 1) dx, which is a kernel
unary('Elu', 'y', (t, y) => runKernel('EluGrad', { dy: t, y }));
defineRule('EluGrad', {
  vjp: {
    dy: { reads: ['y'], pull: (ct, { inputs: { y } }) => runKernel('EluGrad', { dy: ct, y }) },
    y: {
      reads: ['dy', 'y'],
      pull: (ct, { inputs: { dy, y } }) => mul(mul(ct, dy!), below(y!)),
    },
  },
  jvp: ({ inputs, tangents }) => {
    const { dy, y } = inputs as { dy: Tensor; y: Tensor };
    const linear = tangents.dy ? runKernel('EluGrad', { dy: tangents.dy, y }) : null;
    const curved = tangents.y ? mul(mul(tangents.y, dy), below(y)) : null;
    return linear && curved ? add(linear, curved) : (linear ?? curved);
  },
  batch: ({ inputs: { dy, y }, size }) =>
    runKernel('EluGrad', { dy: withBatch(dy!, size), y: withBatch(y!, size) }),
  shape: like('y', 'float32'),
});

const { SELU_SCALE, SELU_SCALEALPHA } = backend_util;
// d selu(x) = scale dx for x > 0, else scale alpha exp(x) dx = (y + scale alpha) dx
unary('Selu', 'y', (t, y) => where(greater(y, 0), mul(t, SELU_SCALE), mul(t, add(y, SELU_SCALEALPHA))));

// d log(1 + exp x) = sigmoid(x) dx
unary('Softplus', 'x', (t, x) => mul(t, sigmoid(x)));
// d sigmoid(x) = y (1 - y) dx
unary('Sigmoid', 'y', (t, y) => mul(mul(t, y), sub(1, y)));
