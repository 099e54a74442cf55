import type { ApplyOptions, Shape } from '../layer';
import type { Key } from '../../random/keys';

/** @throws RangeError where examples have fewer axes */
export function checkRankAtLeast(name: string, shape: Shape, rank: number): void {
  if (shape.length < rank)
    throw new RangeError(
      `${name}: expected examples of rank ${rank} or more, got shape [${shape.join(',')}].`,
    );
}

/** The key of a layer that draws in training. */
export function neededKey(name: string, { key }: ApplyOptions): Key {
  if (key === undefined)
    throw new TypeError(`${name}: training needs a key: apply(params, state, x, { train: true, key }).`);
  return key;
}
