import { getKernel, registerKernel, type KernelConfig, type KernelFunc } from '@tensorflow/tfjs-core';

const providers: ((backendName: string) => void)[] = [];
const provided = new Map<string, number>();

/** Kernels of one backend that were found since the outermost transformation began: tfjs's registry makes a key of both names at every look. */
const known = new Map<string, KernelConfig>();
let knownOf = '';

/** Looks all kernels up anew, since others may have been registered. */
export const forgetKernels = (): void => known.clear();

/** Says how kernels of this library are registered for a backend. That happens when one of them is first asked for there. */
export function provideKernels(register: (backendName: string) => void): void {
  providers.push(register);
}

/** Says how one kernel is computed on a backend, where it is not there yet; undefined where we have none. */
export function provideKernel(
  kernelName: string,
  kernelFor: (backendName: string) => KernelFunc | undefined,
): void {
  provideKernels((backendName) => {
    if (getKernel(kernelName, backendName)) return;
    const kernelFunc = kernelFor(backendName);
    if (kernelFunc) registerKernel({ kernelName, backendName, kernelFunc });
  });
}

/** A kernel of a backend, ours included, if there is one. */
export function findKernel(kernelName: string, backendName: string): KernelConfig | undefined {
  if (backendName !== knownOf) forgetKernels();
  knownOf = backendName;
  let found = known.get(kernelName);
  if (found) return found;
  found = lookUp(kernelName, backendName);
  if (found) known.set(kernelName, found);
  return found;
}

function lookUp(kernelName: string, backendName: string): KernelConfig | undefined {
  const found = getKernel(kernelName, backendName);
  if (found || provided.get(backendName) === providers.length) return found;
  provided.set(backendName, providers.length);
  for (const register of providers) register(backendName);
  return getKernel(kernelName, backendName);
}
