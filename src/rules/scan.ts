import {
  add,
  cast,
  cumprod,
  cumsum,
  mul,
  pad,
  reshape,
  reverse,
  slice,
  transpose,
  util,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule, type Attrs, type BatchCall, type Rule, type ShapeCall } from '../core/rule';
import { shiftAxes } from './families/batching';
import { linear } from './families/linear';
import { reducedAxes } from './families/reducing';
import { isHighOnGPU, movesIntegersOnWebGPU } from './families/webgpu';

const batch = ({ kernel, inputs, attrs }: BatchCall): Tensor =>
  runKernel(kernel, { x: inputs.x!.value }, { ...attrs, axis: shiftAxes(attrs.axis, inputs.x!)[0] });

const shape = ({ inputs: { x } }: ShapeCall) => ({
  shape: x!.shape,
  dtype: x!.dtype === 'bool' ? ('int32' as const) : x!.dtype,
});

/**
 * No kernel of tfjs (4.22) knows an axis counted from the end: results have another shape, and wasm's go past their memory. webgpu's are for rank 4,
 * and reversed ones are right along the first axis only; wasm's refuse truth values. There rows are scanned, forwards.
 */
const instead = (
  scan: (x: Tensor, axis: number, exclusive?: boolean) => Tensor,
): Required<Pick<Rule, 'broken' | 'polyfill'>> => ({
  broken: (backend, { x }: { x: Tensor }, attrs) =>
    isHighOnGPU(backend, x) ||
    (attrs.axis < 0 && backend !== 'tensorflow') ||
    (backend === 'webgpu' && attrs.reverse) ||
    (x.dtype === 'bool' && (backend === 'webgpu' || backend === 'wasm')) ||
    movesIntegersOnWebGPU(backend, x, reducedAxes(attrs.axis, x.shape)),
  polyfill: ({ x }: { x: Tensor }, attrs: Attrs) => {
    const axis = reducedAxes(attrs.axis, x.shape)[0]!;
    const order = [...x.shape.keys()].filter((i) => i !== axis).concat(axis);
    const last = transpose(x.dtype === 'bool' ? cast(x, 'int32') : x, order);
    const rows = reshape(last, [util.sizeFromShape(last.shape.slice(0, -1)), x.shape[axis]!]);
    const turned = (t: Tensor): Tensor => (attrs.reverse ? reverse(t, 1) : t);
    const y = reshape(turned(scan(turned(rows), 1, attrs.exclusive)), last.shape);
    return transpose(
      y,
      order.map((_, i) => order.indexOf(i)),
    );
  },
});

// Element i enters the sums at and behind it: the transpose sums from the other end.
linear('Cumsum', 'x', {
  transpose: (ct, { attrs }) => cumsum(ct, attrs.axis, attrs.exclusive, !attrs.reverse),
  batch,
  shape,
  ...instead(cumsum),
});

/*
 * With p_k = x_1 ... x_{k-1} the products are y_k = p_k x_k, or p_k itself if exclusive. Dividing by x_k fails at zero, recurrences don't:
 *   dy_k = p_k dx_k + x_k dy_{k-1}      dp_k = dy_{k-1}
 *   dx_k = p_k s_k  with  s_k = ct_k + x_{k+1} s_{k+1}
 * In a reversed product "before" means behind.
 */
defineRule('Cumprod', {
  vjp: {
    x: {
      reads: ['x'],
      pull: (ct, { inputs: { x }, attrs }) => {
        const { axis, forward, before } = scanOf(x!, attrs);
        const ends = attrs.exclusive ? shift(ct, axis, -forward) : ct;
        return mul(before, recur(shift(x!, axis, -forward), ends, axis, -forward));
      },
    },
  },
  jvp: ({ inputs: { x }, tangents, attrs }) => {
    const { axis, forward, before } = scanOf(x!, attrs);
    const dy = recur(x!, mul(before, tangents.x!), axis, forward);
    return attrs.exclusive ? shift(dy, axis, forward) : dy;
  },
  batch,
  shape,
  ...instead(cumprod),
});

function scanOf(x: Tensor, attrs: { axis?: number; reverse?: boolean }) {
  const axis = reducedAxes(attrs.axis, x.shape)[0]!;
  return {
    axis,
    /** Direction in which the products grow. */
    forward: attrs.reverse ? -1 : 1,
    /** p */
    before: cumprod(x, axis, true, attrs.reverse),
  };
}

/** s_k = b_k + a_k s_{k-1} along an axis, in the direction `by`, by doubling: log2 n steps on whole tensors. */
function recur(a: Tensor, b: Tensor, axis: number, by: number): Tensor {
  const n = b.shape[axis]!;
  let [factor, total] = [a, b];
  for (let reach = 1; reach < n; reach *= 2) {
    total = add(total, mul(factor, shift(total, axis, by * reach)));
    if (2 * reach < n) factor = mul(factor, shift(factor, axis, by * reach));
  }
  return total;
}

/** Moves elements by `by` places along an axis; zeros come in. */
function shift(t: Tensor, axis: number, by: number): Tensor {
  const places = Math.abs(by);
  const begin = t.shape.map((_, i) => (i === axis && by < 0 ? places : 0));
  const size = t.shape.map((n, i) => (i === axis ? n - places : n));
  const margins = t.shape.map((_, i): [number, number] =>
    i !== axis ? [0, 0] : by < 0 ? [0, places] : [places, 0],
  );
  return pad(slice(t, begin, size), margins);
}
