import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';
import type { NodeBackend } from '../../core/nodeBackend';
import type { Inputs } from '../../core/compute';
import { onBackend, type HostKernel } from '../../core/hostKernel';
import { Session } from './tensorflowSession';
import { cholesky, solve, triangularSolve, type TensorFlowCompute } from './tensorflowSolves';
import { gram, moments, product, ridgeSolve } from './tensorflowWide';

const native: Record<string, TensorFlowCompute> = {
  TractCholesky: cholesky,
  TractGram: gram,
  TractMoments: moments,
  TractProduct: product,
  TractRidgeSolve: ridgeSolve,
  TractSolve: solve,
  TractTriangularSolve: triangularSolve,
};

/**
 * The kernel for tfjs-node, by TensorFlow's own op in float64. What TensorFlow refuses (a singular matrix, one that is not positive
 * definite, no matrix at all) is computed on the host, where such a matrix of a stack spoils only itself.
 */
export function onTensorFlow(kernel: HostKernel): KernelConfig {
  const compute = native[kernel.kernelName]!;
  const host = onBackend(kernel, 'tensorflow');
  const kernelFunc: KernelFunc = (call) => {
    const inputs = call.inputs as Inputs;
    if (Object.values(inputs).some(({ shape }) => shape.includes(0))) return host.kernelFunc(call);
    const session = new Session(call.backend as NodeBackend);
    try {
      return compute(session, inputs, call.attrs ?? {});
    } catch {
      return host.kernelFunc(call);
    } finally {
      session.end();
    }
  };
  return { ...host, kernelFunc };
}
