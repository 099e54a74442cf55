import type { Tensor } from '@tensorflow/tfjs-core';

/** What a kernel takes in place of a tensor; undefined: the tensor itself. */
export type StandIn = (tensor: Tensor) => Tensor | undefined;

let current: StandIn | undefined;

export const standIn = (): StandIn | undefined => current;

/**
 * Runs a function with others for tensors that it closes over. Nests: what stands for a tensor outside is what the function inside closes over.
 */
export function withStandIns<T>(own: StandIn, body: () => T): T {
  const outer = current;
  current = outer ? (t) => outer(t) ?? own(t) : own;
  try {
    return body();
  } finally {
    current = outer;
  }
}
