import { broadcast_util, reshape, util, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs, Aval, Named } from '../../core/rule';
import { broadcastLike } from './broadcast';
import { mergeAxes, XNNPACK_RANK } from './mergeAxes';
import { GPU_RANK } from './webgpu';

/** Beyond, arithmetic that broadcasts goes wrong. */
const HIGHEST_RANK: Partial<Record<string, number>> = {
  wasm: XNNPACK_RANK,
  webgpu: GPU_RANK,
  webgl: GPU_RANK,
};

/** The highest rank at which a backend's elementwise kernels are right. */
export function highestRank(backend: string): number {
  return HIGHEST_RANK[backend] ?? Infinity;
}

/**
 * Whether operands broadcast in a way that the backend gets wrong. Of complex numbers tfjs (4.22) makes NaN on cpu, where ranks differ; on webgl
 * it reads beside an operand that is the first part of a tensor of the result's shape.
 */
export function isMisbroadcast(backend: string, inputs: Named<Aval>): boolean {
  return isTooHigh(backend, inputs) || isComplexBroadcast(inputs);
}

/** The same, rightly. */
export function broadcastRightly(kernel: string, inputs: Named<Tensor>, attrs: Attrs): Tensor {
  if (!isComplexBroadcast(inputs)) return runAtLowRank(kernel, inputs, attrs);
  const operands = Object.entries(inputs);
  const whole = operands
    .map(([, { shape }]) => shape)
    .reduce<number[]>(broadcast_util.assertAndGetBroadcastShape, []);
  return runKernel(
    kernel,
    Object.fromEntries(operands.map(([name, t]) => [name, broadcastLike(t, whole)])),
    attrs,
  );
}

function isComplexBroadcast(inputs: Named<Aval>): boolean {
  let first: Aval | undefined;
  for (const name in inputs) {
    const input = inputs[name]!;
    first ??= input;
    if (input.dtype === 'complex64' && !util.arraysEqual(input.shape as number[], first.shape as number[]))
      return true;
  }
  return false;
}

/** Whether operands have a rank that the backend gets wrong, and a lower one would do. */
function isTooHigh(backend: string, inputs: Named<Aval>): boolean {
  const limit = highestRank(backend);
  let isHigh = false;
  // Asked for every call: what is right should not take long.
  for (const name in inputs) isHigh ||= inputs[name]!.shape.length > limit;
  if (!isHigh) return false;
  const shapes = Object.values(inputs).map(({ shape }) => shape as number[]);
  const whole = shapes.reduce(broadcast_util.assertAndGetBroadcastShape, []);
  return mergeAxes(shapes, whole)[1].length <= limit;
}

/** An elementwise kernel on operands whose neighbouring axes are made one where they can be. */
export function runAtLowRank(kernel: string, inputs: Named<Tensor>, attrs: Attrs): Tensor {
  const shapes = Object.values(inputs).map(({ shape }) => shape);
  const whole = shapes.reduce<number[]>(broadcast_util.assertAndGetBroadcastShape, []);
  const [merged] = mergeAxes(shapes, whole);
  const low = Object.entries(inputs).map(([name, t], i) => [name, reshape(t, merged[i]!)] as const);
  return reshape(runKernel<Tensor>(kernel, Object.fromEntries(low), attrs), whole);
}
