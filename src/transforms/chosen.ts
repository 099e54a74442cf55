import { flatten, unflatten, type TreeDef } from '../tree';
import { argumentPath, replaceArguments, resolveArgnums } from './arguments';

/** Those arguments of a call that are traced, as leaves; the others stay as they are. */
export interface Chosen {
  /** Values of the arguments that are not. */
  readonly fixed: unknown[];
  readonly leaves: unknown[];
  readonly structure: TreeDef;
  /** Where a leaf is, for messages. */
  where(leaf: number): string;
  /** All arguments, with other leaves in place of these. */
  withLeaves(leaves: readonly unknown[]): unknown[];
}

/**
 * Tells the arguments of a call that are traced from those that are not.
 *
 * @param argnums positions of those that are not
 * @param option  how the caller names them: 'staticArgnums'
 */
export function chooseArguments(
  name: string,
  args: readonly unknown[],
  argnums: number | readonly number[],
  option: string,
): Chosen {
  const list = typeof argnums === 'number' ? [argnums] : argnums;
  const fixed = list.length > 0 ? resolveArgnums(name, list, args.length, option) : [];
  const positions = args.map((_, i) => i).filter((i) => !fixed.includes(i));
  const picked = positions.map((i) => args[i]);
  const { leaves, structure } = flatten(picked);
  return {
    fixed: fixed.map((i) => args[i]),
    leaves,
    structure,
    where: (leaf) => `${name}: ${argumentPath(picked, leaf, positions)}`,
    withLeaves: (others) =>
      replaceArguments(args, positions, unflatten(structure, [...others]) as unknown as unknown[]),
  };
}
