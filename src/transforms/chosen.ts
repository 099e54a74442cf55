import { flatten, unflatten, type TreeDef } from '../tree';
import { argumentPath, replaceArguments, resolveArgnums } from './arguments';

/** Some arguments of a call, as leaves; the others stay as they are. */
export interface Picked {
  /** The arguments themselves. */
  readonly picked: unknown[];
  readonly leaves: unknown[];
  readonly structure: TreeDef;
  /** Where a leaf is, for messages. */
  where(leaf: number): string;
  /** All arguments, with other leaves in place of these. */
  withLeaves(leaves: readonly unknown[]): unknown[];
}

/** The arguments at some positions. */
export function pickArguments(name: string, args: readonly unknown[], positions: readonly number[]): Picked {
  const picked = positions.map((i) => args[i]);
  const { leaves, structure } = flatten(picked);
  return {
    picked,
    leaves,
    structure,
    where: (leaf) => `${name}: ${argumentPath(picked, leaf, positions)}`,
    withLeaves: (others) =>
      replaceArguments(args, positions, unflatten(structure, [...others]) as unknown as unknown[]),
  };
}

/** Those arguments of a call that are traced. */
export interface Chosen extends Picked {
  /** Values of the arguments that are not. */
  readonly fixed: unknown[];
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
  return { ...pickArguments(name, args, positions), fixed: fixed.map((i) => args[i]) };
}
