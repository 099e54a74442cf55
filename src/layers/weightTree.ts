import type { Tensor } from '@tensorflow/tfjs-core';
import type { WeightLike } from './variables';

/** Weights by the names of their layers: `{ dense_Dense1: { kernel, bias } }`. */
export type WeightTree = Record<string, Record<string, Tensor>>;

/** `dense_Dense1/kernel` apart: the layer, and the weight. */
function pathOf({ name }: WeightLike): [layer: string, weight: string] {
  const at = name.lastIndexOf('/');
  return at < 0 ? ['', name] : [name.slice(0, at), name.slice(at + 1)];
}

export function treeOf(weights: readonly WeightLike[], values: readonly Tensor[]): WeightTree {
  const tree: WeightTree = {};
  weights.forEach((weight, i) => {
    const [layer, name] = pathOf(weight);
    (tree[layer] ??= {})[name] = values[i]!;
  });
  return tree;
}

/**
 * The tensors of a tree in the order of weights.
 *
 * @throws TypeError where one is missing, or there are others; RangeError where a shape differs
 */
export function valuesOf(name: string, weights: readonly WeightLike[], tree: WeightTree): Tensor[] {
  const values = weights.map((weight) => {
    const [layer, part] = pathOf(weight);
    const value = tree?.[layer]?.[part];
    if (value === undefined) throw new TypeError(`${name}: no value at "${layer}/${part}".`);
    const { shape } = weight.read();
    if (value.shape.length !== shape.length || value.shape.some((d, i) => d !== shape[i]))
      throw new RangeError(
        `${name}: the value at "${layer}/${part}" has shape [${value.shape.join(',')}], but the weight has [${shape.join(',')}].`,
      );
    return value;
  });
  const count = Object.values(tree).reduce((sum, parts) => sum + Object.keys(parts).length, 0);
  if (count !== weights.length)
    throw new TypeError(
      `${name}: ${count} values were given, but the model has ${weights.length} such weights.`,
    );
  return values;
}
