import { clone, Tensor } from '@tensorflow/tfjs-core';
import { withScope } from '../core/engine';
import { describeAval } from '../core/errors';
import { toTensor } from '../core/values';
import { assertSameStructure, flatten, leavesWithPath, unflatten, type TreeDef } from '../tree';

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

const definitions = new WeakMap<GradientTransformation, Definition<OptState> & { name: string }>();

/** Wraps a definition: arguments are checked, numbers become tensors, and only the results are left, in the caller's scope. */
export function transformation<State>(name: string, definition: Definition<State>): GradientTransformation {
  const { init, update } = definition;
  const made: GradientTransformation = {
    init: (params) =>
      owned(name, () => {
        const given = tensors(params, `${name}.init: params`);
        return [init(given.tree) as OptState, given];
      }),
    update: <U>(updates: U, state: OptState, params?: unknown) =>
      owned(name, () => {
        requireParams(name, definition, params);
        const u = tensors(updates, `${name}.update: updates`);
        const s = tensors(state, `${name}.update: state`);
        const p = params === undefined ? undefined : tensors(params, `${name}.update: params`);
        if (p) checkShapes(`${name}.update`, u, p);
        try {
          return [update(u.tree, s.tree as State, p?.tree) as [U, OptState], u, s, ...(p ? [p] : [])];
        } catch (error) {
          assertSameStructure(flatten(init(u.tree)).structure, s.structure, `${name}.update: state`);
          throw error;
        }
      }),
  };
  definitions.set(made, { name, ...(definition as unknown as Definition<OptState>) });
  return made;
}

/** The update of a transformation that is part of another, which has checked the arguments and owns the results. */
export function updateWithin(
  part: GradientTransformation,
  updates: unknown,
  state: OptState,
  params: unknown,
): [updates: unknown, state: OptState] {
  const known = definitions.get(part);
  if (!known) return part.update(updates, state, params);
  requireParams(known.name, known, params);
  return known.update(updates, state, params);
}

function requireParams(name: string, { needsParams }: { needsParams?: boolean }, params: unknown): void {
  if (needsParams && params === undefined)
    throw new TypeError(`${name}.update: params are needed: call update(updates, state, params).`);
}

/** @throws TypeError where it is none */
export function checkTransformation(what: string, t: GradientTransformation | undefined): void {
  if (typeof t?.init !== 'function' || typeof t.update !== 'function')
    throw new TypeError(`${what} is no gradient transformation { init, update }.`);
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

/** Runs a body that returns its results and the trees that it read, and leaves the results, each a tensor of its own. */
function owned<T>(name: string, body: () => [results: T, ...given: Given[]]): T {
  let own: unknown[];
  return withScope(
    name,
    () => {
      const [results, ...given] = body();
      const taken = new Set<unknown>(given.flatMap(({ leaves }) => leaves));
      const { leaves, structure } = flatten(results as unknown);
      own = (leaves as unknown[]).map((leaf) => {
        const t = taken.has(leaf) && leaf instanceof Tensor ? clone(leaf) : leaf;
        taken.add(t);
        return t;
      });
      return own.every((t, i) => t === leaves[i]) ? results : (unflatten(structure, own) as T);
    },
    () => own.filter((t) => t instanceof Tensor),
  );
}

/** A tree of tensors, whole and taken apart. */
interface Given {
  readonly tree: unknown;
  readonly leaves: Tensor[];
  readonly structure: TreeDef;
}

/** The tree with tensors for numbers. */
export function tensors(tree: unknown, where: string): Given {
  const flat = flatten(tree);
  const { structure } = flat;
  const leaves = flat.leaves as Tensor[];
  if (leaves.every((leaf: unknown) => leaf instanceof Tensor && !leaf.isDisposed))
    return { tree, leaves, structure };
  const named = leavesWithPath(tree).map(([path, leaf]) =>
    toTensor(leaf, path ? `${where} at "${path}"` : where),
  );
  return { tree: unflatten(structure, named), leaves: named, structure };
}

/** @throws TypeError where structures differ, RangeError where shapes do */
export function checkShapes(name: string, updates: Given, params: Given): void {
  assertSameStructure(params.structure, updates.structure, `${name}: updates`);
  updates.leaves.forEach((u, i) => {
    const p = params.leaves[i]!;
    if (u.shape.length !== p.shape.length || u.shape.some((d, k) => d !== p.shape[k])) {
      throw new RangeError(
        `${name}: updates at "${leavesWithPath(updates.tree)[i]![0]}" are ${describeAval(u)}, but the parameter is ${describeAval(p)}.`,
      );
    }
  });
}
