import { clone, Tensor } from '@tensorflow/tfjs-core';
import { withScope } from '../core/engine';
import { describeAval } from '../core/errors';
import { toTensor } from '../core/values';
import { flatten, leavesWithPath, assertSameStructure, unflatten } from '../tree';
import { tensorsOf } from '../transforms/results';

/**
 * State of a gradient transformation: a pytree of tensors, the empty array for those without one. Its type goes no deeper, since a
 * recursive one would defeat the inference of everything that maps trees.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type OptState = any[] | { [name: string]: any };

/**
 * A gradient transformation in the shape of optax: a pair of pure functions.
 *
 * `update` maps gradients (or the updates of the transformation before it) to updates of the same structure, and the state to its
 * successor. Both can be jitted and differentiated, and neither changes its arguments. Every tensor returned is a tensor of its own, so old
 * parameters and states can be disposed as soon as the new ones are there.
 */
export interface GradientTransformation {
  /** @param params pytree of tensors and numbers */
  init(params: unknown): OptState;
  /**
   * @param updates gradients, in the structure of the parameters
   * @param state   what `init` or the last `update` returned
   * @param params  the parameters, where the transformation needs them (weight decay, trust ratios)
   * @returns `[updates, state]`; the updates are added to the parameters by `applyUpdates`
   * @throws TypeError where structures differ or params are missing; RangeError where a gradient has another shape than its parameter
   */
  update<U>(updates: U, state: OptState, params?: unknown): [updates: U, state: OptState];
}

/** The two functions of a transformation on trees of tensors, before what is common to all is added. */
export interface Definition<State> {
  init(params: unknown): State;
  update(updates: unknown, state: State, params: unknown): [updates: unknown, state: State];
  /** `update` reads the parameters. */
  needsParams?: boolean;
}

/** Wraps a definition: arguments are checked, numbers become tensors, and only the results are left, in the caller's scope. */
export function transformation<State>(
  name: string,
  { init, update, needsParams = false }: Definition<State>,
): GradientTransformation {
  return {
    init: (params) =>
      owned(name, () => {
        const given = tensors(params, `${name}.init: params`);
        return apart(init(given), [given]) as OptState;
      }),
    update: <U>(updates: U, state: OptState, params?: unknown) =>
      owned(name, () => {
        if (needsParams && params === undefined)
          throw new TypeError(`${name}.update: params are needed: call update(updates, state, params).`);
        const u = tensors(updates, `${name}.update: updates`);
        const s = tensors(state, `${name}.update: state`);
        const p = params === undefined ? undefined : tensors(params, `${name}.update: params`);
        if (p !== undefined) checkShapes(name, u, p);
        return apart(update(u, s as State, p), [u, s, p]) as [U, OptState];
      }),
  };
}

/** A transformation without a state. */
export function stateless(
  name: string,
  update: (updates: unknown, params: unknown) => unknown,
  needsParams = false,
): GradientTransformation {
  return transformation<[]>(name, {
    init: () => [],
    update: (updates, state, params) => [update(updates, params), state],
    needsParams,
  });
}

function owned<T>(name: string, body: () => T): T {
  return withScope(name, body, tensorsOf);
}

/** The tree with tensors for numbers. */
function tensors(tree: unknown, where: string): unknown {
  const { leaves, structure } = flatten(tree);
  if (leaves.every((leaf: unknown) => leaf instanceof Tensor && !leaf.isDisposed)) return tree;
  const named = leavesWithPath(tree).map(([path, leaf]) =>
    toTensor(leaf, path ? `${where} at "${path}"` : where),
  );
  return unflatten(structure, named);
}

/** The results with every tensor that is an argument, or is there already, replaced by another of the same data. */
function apart(results: unknown, args: readonly unknown[]): unknown {
  const taken = new Set<unknown>(args.flatMap(tensorsOf));
  const { leaves, structure } = flatten(results);
  const own = leaves.map((leaf: unknown) => {
    const t = taken.has(leaf) ? clone(leaf as Tensor) : leaf;
    taken.add(t);
    return t;
  });
  return unflatten(structure, own);
}

function checkShapes(name: string, updates: unknown, params: unknown): void {
  const { structure, leaves } = flatten(updates);
  assertSameStructure(structure, params, `${name}.update: params`);
  const wanted = flatten(params).leaves as Tensor[];
  (leaves as Tensor[]).forEach((u, i) => {
    const p = wanted[i]!;
    if (u.shape.length !== p.shape.length || u.shape.some((d, k) => d !== p.shape[k])) {
      throw new RangeError(
        `${name}.update: updates at "${leavesWithPath(updates)[i]![0]}" are ${describeAval(u)}, but the parameter is ${describeAval(p)}.`,
      );
    }
  });
}
