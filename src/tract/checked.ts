import {
  clone,
  getBackend,
  getKernel,
  registerKernel,
  type KernelBackend,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { computesOnHost } from '../core/hostValues';
import { runKernel } from '../core/kernel';
import { defineRule, type BatchCall } from '../core/rule';
import { withBatch } from '../rules/families/batching';

const KERNEL = 'TractChecked';

/**
 * The solution of a ridge system as it is, where it is finite, or where only the cotangent is to blame. A kernel, so that programs and whole
 * batches are checked as they run. Backends whose values can't be read at once let NaN through, as any op does.
 *
 * @param sum x^T x, or x x^T
 * @param y   the right-hand side
 * @throws Error that says why the system could not be solved, in place of NaN for the optimizer
 */
export function checked(sum: Tensor, y: Tensor, solution: Tensor): Tensor {
  const backendName = getBackend();
  if (computesOnHost(backendName) && !getKernel(KERNEL, backendName)) {
    registerKernel({
      kernelName: KERNEL,
      backendName,
      kernelFunc: ({ inputs, backend }) => check(inputs as Record<string, TensorInfo>, backend as Backend),
    });
  }
  return runKernel(KERNEL, { sum, y, solution });
}

interface Backend extends KernelBackend {
  incRef(dataId: object): void;
}

function check({ sum, y, solution }: Record<string, TensorInfo>, backend: Backend): TensorInfo {
  const isFinite = ({ dataId }: TensorInfo): boolean =>
    (backend.readSync(dataId) as Float32Array).every(Number.isFinite);
  if (!isFinite(solution!) && !isFinite(sum!)) {
    throw new Error(
      "tract: the first layer's input holds NaN or Inf (or values whose squares overflow), so its Gram matrix does too. Look at the data of this batch.",
    );
  }
  if (!isFinite(solution!) && isFinite(y!)) {
    throw new Error(
      "tract: the matrix x^T x / b + lambda I could not be factored, also in float64, though the first layer's input is finite. " +
        'Take a larger lambda, or scale the input down.',
    );
  }
  backend.incRef(solution!.dataId);
  return { ...solution! };
}

defineRule(KERNEL, {
  vjp: { solution: { pull: (ct) => ct } },
  jvp: ({ tangents }) => tangents.solution!,
  batch: ({ inputs, size }: BatchCall) =>
    runKernel(
      KERNEL,
      Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, withBatch(input, size)])),
    ),
  shape: ({ inputs: { solution } }) => solution!,
  polyfill: ({ solution }: Record<string, Tensor>) => clone(solution!),
});
