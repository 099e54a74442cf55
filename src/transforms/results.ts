import { Tensor } from '@tensorflow/tfjs-core';
import { intercepted } from '../core/dispatch';
import { withScope } from '../core/engine';
import { flatten } from '../tree';

/** The tensors among the leaves of a tree. */
export function tensorsOf(tree: unknown): Tensor[] {
  return flatten(tree).leaves.filter((leaf) => leaf instanceof Tensor);
}

/** Runs a transformation: kernels are intercepted, and what is left at the end is its result, in the caller's scope. */
export function transformed<T>(name: string, body: () => T): T {
  return intercepted(() => withScope(name, body, tensorsOf));
}
