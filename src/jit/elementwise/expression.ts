/**
 * What one element of a result is, given one element of each operand: a tree over a few primitives, which each target prints in its own
 * language. A node that occurs twice is computed once. Values are numbers (float32; a target may compute wider within an expression) or
 * truths.
 */
export type Expression =
  | { readonly op: 'operand'; readonly index: number; readonly kind: Kind; readonly args: readonly [] }
  | { readonly op: 'constant'; readonly value: number; readonly args: readonly [] }
  | { readonly op: Primitive; readonly args: readonly Expression[] };

/** n for a number, t for a truth. */
export type Kind = 'n' | 't';

/** The kinds of each primitive's parameters, then that of its result. */
export const PRIMITIVES = {
  add: 'nnn',
  sub: 'nnn',
  mul: 'nnn',
  div: 'nnn',
  pow: 'nnn',
  // NaN where either is; -0 is less than 0.
  min: 'nnn',
  max: 'nnn',
  neg: 'nn',
  abs: 'nn',
  sqrt: 'nn',
  floor: 'nn',
  ceil: 'nn',
  exp: 'nn',
  expm1: 'nn',
  log: 'nn',
  log1p: 'nn',
  sin: 'nn',
  cos: 'nn',
  tanh: 'nn',
  // As in IEEE 754: beside NaN only notEqual is true.
  equal: 'nnt',
  notEqual: 'nnt',
  less: 'nnt',
  lessEqual: 'nnt',
  greater: 'nnt',
  greaterEqual: 'nnt',
  and: 'ttt',
  or: 'ttt',
  not: 'tt',
  select: 'tnnn',
  // From one kind to the other: 1 or 0, and whether it is not 0.
  toNumber: 'tn',
  toTruth: 'nt',
} as const;

export type Primitive = keyof typeof PRIMITIVES;

type Operand = Expression | number;
type Parameters<Kinds extends string> = Kinds extends `${string}${infer Rest}`
  ? Rest extends ''
    ? []
    : [Operand, ...Parameters<Rest>]
  : never;

/** One function for each primitive. Arguments may be JavaScript numbers, and of either kind: they are converted. */
export const build = Object.fromEntries(
  Object.entries(PRIMITIVES).map(([op, kinds]) => [
    op,
    (...args: Operand[]): Expression => ({
      op: op as Primitive,
      args: Array.from(kinds.slice(0, -1), (kind, i) => {
        const arg = args[i]!;
        return inKind(kind as Kind, typeof arg === 'number' ? constant(arg) : arg);
      }),
    }),
  ]),
) as { [P in Primitive]: (...args: Parameters<(typeof PRIMITIVES)[P]>) => Expression };

export const constant = (value: number): Expression => ({ op: 'constant', value, args: [] });
export const operand = (index: number, kind: Kind): Expression => ({ op: 'operand', index, kind, args: [] });

export function kindOf(expression: Expression): Kind {
  if (expression.op === 'operand') return expression.kind;
  return expression.op === 'constant' ? 'n' : (PRIMITIVES[expression.op].at(-1) as Kind);
}

/** The value as a number or as a truth. */
export function inKind(kind: Kind, expression: Expression): Expression {
  if (kindOf(expression) === kind) return expression;
  return kind === 'n' ? build.toNumber(expression) : build.toTruth(expression);
}

/** Every primitive that an expression consists of. */
export function primitivesOf({ op, args }: Expression): Primitive[] {
  const inner = args.flatMap(primitivesOf);
  return op === 'operand' || op === 'constant' ? inner : [op, ...inner];
}
