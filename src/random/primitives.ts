import type { Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { provideKernels } from '../core/ownKernels';
import { defineRule, type BatchCall } from '../core/rule';
import { withBatch } from '../rules/families/batching';
import { drawnDtype, drawnShape, type Draw } from './kernels/draw';
import { registerRandomKernels } from './kernels/register';
import { permutationByTopK } from './permutationByTopK';

provideKernels(registerRandomKernels);

/** What keys `[..., 2]` give, one after the other: `[..., ...shape]`. */
export const drawKernel = (key: Tensor, draw: Draw): Tensor => runKernel('TractRandom', { key }, { ...draw });
/** Keys from keys `[..., 2]` and int32 numbers `[...]`. */
export const foldInKernel = (key: Tensor, data: Tensor): Tensor => runKernel('TractFoldIn', { key, data });
/** Random orders `[..., size]`. */
export const permutationKernel = (key: Tensor, size: number): Tensor =>
  runKernel('TractPermutation', { key }, { size });

/** The kernels take stacks of keys: one more leading axis changes nothing. */
function stacked({ kernel, inputs, size, attrs }: BatchCall): Tensor {
  return runKernel(
    kernel,
    Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, withBatch(input, size)])),
    attrs,
  );
}

defineRule('TractRandom', {
  constant: true,
  own: true,
  batch: stacked,
  shape: ({ inputs: { key }, attrs }) => ({
    shape: [...key!.shape.slice(0, -1), ...drawnShape(attrs as Draw)],
    dtype: drawnDtype(attrs as Draw),
  }),
});

defineRule('TractFoldIn', {
  constant: true,
  own: true,
  batch: stacked,
  shape: ({ inputs: { key } }) => ({ shape: key!.shape, dtype: 'int32' }),
});

defineRule('TractPermutation', {
  constant: true,
  own: true,
  batch: stacked,
  polyfill: ({ key }: { key: Tensor }, { size }) => permutationByTopK(key, size as number, drawKernel),
  shape: ({ inputs: { key }, attrs }) => ({
    shape: [...key!.shape.slice(0, -1), attrs.size as number],
    dtype: 'int32',
  }),
});
