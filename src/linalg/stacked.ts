import { reshape, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import type { BatchCall } from '../core/rule';
import { withBatch } from '../rules/families/batching';

/** Stacks of matrices take one more leading axis. */
export function stacked<T extends Tensor | Tensor[] = Tensor>({ kernel, inputs, size, attrs }: BatchCall): T {
  return runKernel<T>(
    kernel,
    Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, withBatch(input, size)])),
    attrs,
  );
}

/** One matrix for the whole batch takes all right-hand sides as columns: [B, n, m] -> [n, B m]. */
export function stackedSolve(call: BatchCall): Tensor {
  const { a, b } = call.inputs;
  if (a!.batched || a!.value.rank !== 2) return stacked(call);
  const [size, n, m] = b!.value.shape as [number, number, number];
  const columns = reshape(transpose(b!.value, [1, 0, 2]), [n, size * m]);
  const x = runKernel(call.kernel, { a: a!.value, b: columns }, call.attrs);
  return transpose(reshape(x, [n, size, m]), [1, 0, 2]);
}
