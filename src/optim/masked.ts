import { maskOf, replace, select, type Mask } from './mask';
import {
  checkTransformation,
  transformation,
  type GradientTransformation,
  type OptState,
} from './transformation';

/**
 * Applies a transformation to some leaves only; the updates of the others pass unchanged.
 *
 * @param mask tree of booleans, a prefix of the parameters, or a function of the parameters (or updates) that returns one
 * @returns a transformation with the inner state, in which the other leaves are empty nodes
 * @throws TypeError where the mask does not fit the tree
 * @example
 * ```ts
 * const { init, update } = masked(scale(2), { kernel: true, bias: false });
 * update({ kernel: 1, bias: 1 }, init({ kernel: 0, bias: 0 }))[0]; // { kernel: 2, bias: 1 }
 * ```
 */
export function masked(inner: GradientTransformation, mask: Mask): GradientTransformation {
  checkTransformation('masked: inner', inner);
  return transformation<OptState>('masked', {
    init: (params) => inner.init(select(params, maskOf(mask, params, 'masked'))),
    update(updates, state, params) {
      const chosen = maskOf(mask, params ?? updates, 'masked');
      const [changed, next] = inner.update(
        select(updates, chosen),
        state,
        params === undefined ? undefined : select(params, chosen),
      );
      return [replace(updates, chosen, changed), next];
    },
  });
}
