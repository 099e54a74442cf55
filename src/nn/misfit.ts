import { Tensor, tensor1d, tidy, util } from '@tensorflow/tfjs-core';
import { describeAval, describeValue } from '../core/errors';
import { toTensor } from '../core/values';
import { leaves, leavesWithPath, structure } from '../tree';
import { flattenUpTo } from '../tree/match';
import type { AnyLayer } from './layer';

let searching = false;

/**
 * Why a layer may have failed: what it was given, compared with what `init` makes for examples like these.
 *
 * @returns an error that names the difference, with the layer's own as its cause; undefined where there is none
 */
export function misfit(
  { name, init }: AnyLayer,
  params: unknown,
  state: unknown,
  x: Tensor,
  cause: unknown,
): Error | undefined {
  // An init may itself apply layers.
  if (searching) return undefined;
  searching = true;
  try {
    tidy(() => {
      const made = init(tensor1d([0, 0], 'int32'), x.shape.slice(1));
      checkLike(`${name}: params`, params, made.params);
      if (leaves(made.state).length > 0) checkLike(`${name}: state`, state, made.state);
    });
    return undefined;
  } catch (found) {
    return Object.assign(found as Error, { cause });
  } finally {
    searching = false;
  }
}

function checkLike(what: string, tree: unknown, like: unknown): void {
  const expected = leavesWithPath(like);
  flattenUpTo(structure(like), tree, what).forEach((leaf, i) => {
    const [path, tensor] = expected[i] as [string, Tensor];
    const fits =
      leaf instanceof Tensor && util.arraysEqual(leaf.shape, tensor.shape) && leaf.dtype === tensor.dtype;
    if (!fits)
      throw new RangeError(
        `${what} at "${path}" must be ${describeAval(tensor)} for such inputs, got ${describeValue(leaf)}.`,
      );
    toTensor(leaf, `${what} at "${path}"`);
  });
}
