import { call, infix, printerOf, type Primitive, type Printer } from '../elementwise';

const math = (name: string): Printer => call(`Math.${name}`);

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

export const print = printerOf(PRINTERS, (value) => (Object.is(value, -0) ? '(-0)' : `(${value})`));
