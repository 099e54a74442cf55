import type { Expression, Primitive } from '../elementwise';

type Printer = (...args: string[]) => string;

const infix =
  (operator: string): Printer =>
  (a, b) =>
    `${a} ${operator} ${b}`;
const math =
  (name: string): Printer =>
  (...args) =>
    `Math.${name}(${args.join(', ')})`;

/** The primitives in JavaScript, in float64. Truths are JavaScript's, or 1 and 0 where they are stored. */
const PRINTERS: Record<Primitive, Printer> = {
  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  div: infix('/'),
  pow: math('pow'),
  min: math('min'),
  max: math('max'),
  neg: (x) => `-${x}`,
  abs: math('abs'),
  sqrt: math('sqrt'),
  floor: math('floor'),
  ceil: math('ceil'),
  exp: math('exp'),
  expm1: math('expm1'),
  log: math('log'),
  log1p: math('log1p'),
  sin: math('sin'),
  cos: math('cos'),
  tanh: math('tanh'),
  equal: infix('==='),
  notEqual: infix('!=='),
  less: infix('<'),
  lessEqual: infix('<='),
  greater: infix('>'),
  greaterEqual: infix('>='),
  and: infix('&&'),
  or: infix('||'),
  not: (x) => `!${x}`,
  select: (condition, t, e) => `${condition} ? ${t} : ${e}`,
  toNumber: (x) => `${x} ? 1 : 0`,
  toTruth: (x) => `${x} !== 0`,
};

/** @param names of the operands */
export function print(expression: Expression, names: readonly string[]): string {
  if (expression.op === 'operand') return names[expression.index]!;
  if (expression.op === 'constant') return Object.is(expression.value, -0) ? '(-0)' : `(${expression.value})`;
  const args = expression.args.map((arg) => print(arg, names));
  return `(${PRINTERS[expression.op](...args)})`;
}
