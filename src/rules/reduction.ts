import {
  cast,
  cumprod,
  div,
  equal,
  fill,
  mul,
  reshape,
  sum,
  transpose,
  util,
  zeros,
  type DataType,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule, type Attrs, type Aval, type BatchCall, type Rule, type ShapeCall } from '../core/rule';
import { BLOCK_SUM, insteadOfBlockSum, orBlockSum } from './blockSum';
import { exampleShape } from './families/batching';
import { linear } from './families/linear';
import { keepAxes, reducedAxes, reducedShape, reducing, spread } from './families/reducing';
import { movesIntegersOnWebGPU, throughFloat } from './families/webgpu';

/** Truth values are summed as integers. */
const countable = (dtype: DataType): DataType => (dtype === 'bool' ? 'int32' : dtype);

const axesOf = (attrs: Attrs, { shape }: Aval): number[] =>
  reducedAxes(attrs.axis ?? attrs.reductionIndices, shape);

/**
 * What stands for a reduction where a backend gets it wrong: on webgpu of integers or truth values, and of nothing everywhere but on
 * tensorflow. There wasm returns what its memory held, webgpu refuses, and cpu's maximum is NaN. (tfjs issue 6633.)
 *
 * @param ofNothing the neutral element, as in TensorFlow
 * @param kernel    which reduces floats in the place of integers
 */
const mended = (
  ofNothing: number,
  kernel: string | undefined,
  dtype: (input: DataType) => DataType = (input) => input,
): Required<Pick<Rule, 'broken' | 'polyfill'>> => ({
  broken: (backend, { x }: { x: Tensor }, attrs) =>
    x.shape.includes(0)
      ? backend !== 'tensorflow'
      : kernel !== undefined && movesIntegersOnWebGPU(backend, x, axesOf(attrs, x)),
  polyfill: ({ x }: { x: Tensor }, attrs: Attrs) => {
    const axes = axesOf(attrs, x);
    if (x.shape.includes(0))
      return fill(reducedShape(x.shape, axes, attrs.keepDims ?? false), ofNothing, dtype(x.dtype));
    const reduce = (t: Tensor): Tensor =>
      runKernel(kernel!, { x: t }, { ...attrs, axis: axes, reductionIndices: axes });
    return throughFloat(x, reduce, dtype(x.dtype));
  },
});

for (const kernel of ['Sum', BLOCK_SUM]) {
  linear(kernel, 'x', {
    transpose: (ct, { avals, attrs }) => {
      const { shape } = avals.x!;
      return spread(ct, shape, reducedAxes(attrs.axis, shape));
    },
    ...reducing('axis', countable),
    ...(kernel === 'Sum' ? orBlockSum(mended(0, 'Sum', countable)) : insteadOfBlockSum),
  });
}

linear('Mean', 'x', {
  transpose: (ct, { avals, attrs }) => {
    const { shape } = avals.x!;
    const axes = reducedAxes(attrs.axis, shape);
    const count = util.sizeFromShape(axes.map((axis) => shape[axis]!));
    // Where ct is at hand webgpu multiplies on the host, but divides on the device.
    return spread(mul(ct, 1 / count), shape, axes);
  },
  ...reducing('axis', () => 'float32'),
  ...orBlockSum(
    mended(NaN, undefined, () => 'float32'),
    true,
  ),
});

// dy = sum over i of (product of all x but x_i) dx_i
defineRule('Prod', {
  vjp: {
    x: {
      reads: ['x'],
      pull: (ct, { inputs, attrs }) => {
        const x = inputs.x!;
        const axes = reducedAxes(attrs.axis, x.shape);
        return mul(keepAxes(ct, x.shape, axes), productOfOthers(x, axes));
      },
    },
  },
  jvp: ({ inputs, tangents, attrs }) => {
    const axes = reducedAxes(attrs.axis, inputs.x!.shape);
    return sum(mul(tangents.x!, productOfOthers(inputs.x!, axes)), axes, attrs.keepDims);
  },
  ...reducing('axis', countable),
  ...mended(1, 'Prod', countable),
});

/** For each element the product of the others along the axes: those before it times those behind it, since dividing by it fails at zero. */
function productOfOthers(x: Tensor, axes: readonly number[]): Tensor {
  const others = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const order = [...others, ...axes];
  const last = permute(x, order);
  const sizeOf = (list: readonly number[]): number => util.sizeFromShape(list.map((i) => x.shape[i]!));
  const rows = reshape(last, [sizeOf(others), sizeOf(axes)]);
  const products = mul(cumprod(rows, 1, true, false), cumprod(rows, 1, true, true));
  const back = order.map((_, i) => order.indexOf(i));
  return permute(reshape(products, last.shape), back);
}

function permute(x: Tensor, order: number[]): Tensor {
  return order.every((axis, i) => axis === i) ? x : transpose(x, order);
}

// The derivative of an extremum goes to the element that has it, in equal shares to those that tie.
extremum('Max', 'reductionIndices', -Infinity);
extremum('Min', 'axis', Infinity);

function extremum(kernel: string, axisAttr: 'axis' | 'reductionIndices', ofNothing: number): void {
  defineRule(kernel, {
    vjp: {
      x: {
        reads: ['x'],
        readsOutputs: [0],
        pull: (ct, { inputs, outputs, attrs }) => {
          const x = inputs.x!;
          const axes = reducedAxes(attrs[axisAttr], x.shape);
          const hits = hitsOf(x, outputs[0]!, axes);
          return mul(hits, div(keepAxes(ct, x.shape, axes), sum(hits, axes, true)));
        },
      },
    },
    jvp: ({ inputs, outputs, tangents, attrs }) => {
      const x = inputs.x!;
      if (x.shape.includes(0)) return zeros(outputs[0]!.shape);
      const axes = reducedAxes(attrs[axisAttr], x.shape);
      const hits = hitsOf(x, outputs[0]!, axes);
      return div(sum(mul(tangents.x!, hits), axes, attrs.keepDims), sum(hits, axes, attrs.keepDims));
    },
    ...reducing(axisAttr),
    ...mended(ofNothing, kernel),
  });
}

/** 1 where x is the extremum y, else 0. */
function hitsOf(x: Tensor, y: Tensor, axes: readonly number[]): Tensor {
  return cast(equal(x, keepAxes(y, x.shape, axes)), 'float32');
}

defineRule('All', { constant: true, ...reducing('axis'), ...mended(1, 'Min') });
defineRule('Any', { constant: true, ...reducing('axis'), ...mended(0, 'Max') });

for (const kernel of ['ArgMax', 'ArgMin']) {
  defineRule(kernel, {
    constant: true,
    batch: ({ inputs, attrs }: BatchCall) => {
      const [axis] = reducedAxes(attrs.axis, exampleShape(inputs.x!));
      return runKernel(kernel, { x: inputs.x!.value }, { ...attrs, axis: axis! + 1 });
    },
    shape: ({ inputs, attrs }: ShapeCall) => {
      const { shape } = inputs.x!;
      const [axis] = reducedAxes(attrs.axis, shape);
      return { shape: reducedShape(shape, [axis!], false), dtype: 'int32' };
    },
    // webgpu's kernel keeps the axis of a vector, and does not start on nothing.
    broken: (backend, { x }: { x: Tensor }, attrs) =>
      (backend === 'webgpu' && (x.rank === 1 || x.shape.includes(0))) ||
      movesIntegersOnWebGPU(backend, x, reducedAxes(attrs.axis, x.shape)),
    polyfill: ({ x }: { x: Tensor }, attrs: Attrs) => {
      if (x.shape.includes(0)) return zeros(reducedShape(x.shape, axesOf(attrs, x), false), 'int32');
      return x.rank === 1
        ? reshape(runKernel<Tensor>(kernel, { x: reshape(x, [1, x.size]) }, { axis: 1 }), [])
        : runKernel(kernel, { x: cast(x, 'float32') }, attrs);
    },
  });
}
