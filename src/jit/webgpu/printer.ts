import { call, infix, printerOf, type Primitive, type Printer } from '../elementwise';

/** The primitives in WGSL, by tfjs's own formulas: numbers are f32 and truths bool. */
const PRINTERS: Record<Primitive, Printer> = {
  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  div: infix('/'),
  pow: call('power'),
  min: call('least'),
  max: call('greatest'),
  neg: (x) => `-${x}`,
  abs: call('abs'),
  sqrt: call('root'),
  floor: call('floor'),
  ceil: call('ceil'),
  exp: call('exponential'),
  expm1: (x) => `exponential(${x}) - 1.0`,
  log: call('logarithm'),
  log1p: (x) => `logarithm(1.0 + ${x})`,
  sin: (x) => `orNaN(sin(${x}), ${x})`,
  cos: (x) => `orNaN(cos(${x}), ${x})`,
  tanh: call('hyperbolicTangent'),
  equal: infix('=='),
  notEqual: call('differs'),
  less: infix('<'),
  lessEqual: infix('<='),
  greater: infix('>'),
  greaterEqual: infix('>='),
  and: infix('&&'),
  or: infix('||'),
  not: (x) => `!${x}`,
  select: (condition, t, e) => `select(${e}, ${t}, ${condition})`,
  toNumber: (x) => `select(0.0, 1.0, ${x})`,
  toTruth: (x) => `differs(${x}, 0.0)`,
};

/**
 * What the printed expressions call. A shader compiler may assume that there is no NaN, and WGSL says nothing of what a function gives for
 * one (drivers make infinity of e^NaN, a number of log NaN): it is told by its bits, and made from a uniform.
 */
export const LIBRARY = `
  fn isNaN(x : f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
  fn orNaN(y : f32, x : f32) -> f32 { return select(y, x, isNaN(x)); }
  fn differs(a : f32, b : f32) -> bool { return a != b || isNaN(a) || isNaN(b); }
  fn least(a : f32, b : f32) -> f32 { return orNaN(orNaN(min(a, b), a), b); }
  fn greatest(a : f32, b : f32) -> f32 { return orNaN(orNaN(max(a, b), a), b); }
  fn root(x : f32) -> f32 { return orNaN(select(sqrt(x), uniforms.NAN, x < 0.0), x); }
  fn exponential(x : f32) -> f32 { return orNaN(exp(x), x); }
  fn logarithm(x : f32) -> f32 { return orNaN(select(log(x), uniforms.NAN, x < 0.0), x); }
  fn hyperbolicTangent(x : f32) -> f32 {
    let e = exp(-2.0 * abs(x));
    return orNaN(sign(x) * (1.0 - e) / (1.0 + e), x);
  }
  // WGSL knows no power of a number below 0.
  fn power(a : f32, b : f32) -> f32 {
    if (b == 0.0) { return 1.0; }
    if (isNaN(a) || isNaN(b) || (a < 0.0 && floor(b) < b)) { return uniforms.NAN; }
    return select(1.0, sign(a), round(abs(b) % 2.0) == 1.0) * pow(abs(a), b);
  }`;

export const print = printerOf(PRINTERS, literal);

function literal(given: number): string {
  const value = Math.fround(given);
  if (Number.isNaN(value)) return 'uniforms.NAN';
  if (!Number.isFinite(value)) return value > 0 ? 'uniforms.INFINITY' : '(-uniforms.INFINITY)';
  const digits = Object.is(value, -0) ? '-0' : String(value);
  return `f32(${/[.e]/.test(digits) ? digits : `${digits}.0`})`;
}
