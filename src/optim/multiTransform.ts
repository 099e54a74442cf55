import { describeValue } from '../core/errors';
import { choices, replace, select } from './mask';
import {
  checkTransformation,
  transformation,
  type GradientTransformation,
  type OptState,
} from './transformation';

/**
 * Another transformation for each part of the parameters: SGD for the first layer and Adam for the rest (TrAct, Fig. 9), Muon for
 * matrices and Adam for what is none.
 *
 * @param transforms transformations by label
 * @param labels     tree of labels, a prefix of the parameters, or a function of the parameters (or updates) that returns one
 * @returns a transformation with an object of the inner states by label
 * @throws TypeError where the labels do not fit the tree; RangeError where a label names no transformation
 * @example
 * ```ts
 * const params = { conv: { kernel: 1, bias: 1 }, dense: 1 };
 * const optimizer = multiTransform({ first: sgd(0.1), rest: sgd(0.01) }, { conv: 'first', dense: 'rest' });
 * optimizer.update(params, optimizer.init(params), params)[0]; // { conv: { kernel: -0.1, bias: -0.1 }, dense: -0.01 }
 * ```
 */
export function multiTransform(
  transforms: Readonly<Record<string, GradientTransformation>>,
  labels: unknown,
): GradientTransformation {
  if (typeof transforms !== 'object' || transforms === null)
    throw new TypeError(
      `multiTransform: expected transformations by name, got ${describeValue(transforms)}.`,
    );
  const names = Object.keys(transforms).sort();
  for (const name of names) checkTransformation(`multiTransform: ${name}`, transforms[name]);
  const labelsOf = (tree: unknown): string[] => {
    const found = choices<string>(labels, tree, 'string', 'multiTransform: labels');
    const unknown = found.find((label) => !names.includes(label));
    if (unknown !== undefined)
      throw new RangeError(
        `multiTransform: no transformation is named "${unknown}": there are ${names.join(', ')}.`,
      );
    return found;
  };
  return transformation<Record<string, OptState>>('multiTransform', {
    init(params) {
      const found = labelsOf(params);
      return Object.fromEntries(
        names.map((name) => [
          name,
          transforms[name]!.init(
            select(
              params,
              found.map((label) => label === name),
            ),
          ),
        ]),
      );
    },
    update(updates, states, params) {
      const found = labelsOf(params ?? updates);
      let result = updates;
      const next: Record<string, OptState> = {};
      for (const name of names) {
        const chosen = found.map((label) => label === name);
        const [changed, state] = transforms[name]!.update(
          select(updates, chosen),
          states[name]!,
          params === undefined ? undefined : select(params, chosen),
        );
        next[name] = state;
        result = replace(result, chosen, changed);
      }
      return [result, next];
    },
  });
}
