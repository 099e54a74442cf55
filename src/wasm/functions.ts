import { get, int, set, type Code, type Func } from './assembler';
import { bits, float, floats, integer, ints } from './vector';

/*
 * Elementary functions of four float32 at once, to a few units in the last place over the whole range; NaN for NaN. Reductions, and
 * polynomials of exp and log, are those of the Cephes library (S. Moshier, single precision: expf, logf). Each is a function of a module:
 * parameter 0 is the argument, and the vectors after it are locals.
 */

const x = get(0);

const func = (name: string, pairs: number, body: Code): Func => ({
  name,
  parameters: 0,
  vectors: 1,
  integers: 0,
  pairs,
  returns: true,
  body,
});

/** c[0] t^k + ... + c[k] */
function horner(t: Code, [first, ...rest]: readonly number[]): Code {
  return rest.reduce<Code>((sum, c) => float.add(float.mul(sum, t), floats(c)), floats(first!));
}

const [ln2High, ln2Low] = [0.693359375, -2.12194440054690583e-4] as const;
const expTail = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
] as const;

/** Of x between two bounds: n, the nearest integer to x / ln 2, and r = x - n ln 2, into locals. */
function reduce(n: number, r: number, low: number, high: number): Code {
  return [
    // NaN stays: a comparison with it is false.
    ...set(0, float.upper(float.lower(x, floats(high)), floats(low))),
    ...set(n, float.nearest(float.mul(x, floats(Math.LOG2E)))),
    ...set(r, float.sub(float.sub(x, float.mul(get(n), floats(ln2High))), float.mul(get(n), floats(ln2Low)))),
  ];
}

/** e^r - 1 = r + r^2 p(r), for |r| <= ln(2) / 2 */
const expm1Reduced = (r: Code): Code => float.add(float.mul(float.mul(r, r), horner(r, expTail)), r);

/** 2^n for integers in an integer vector, within the range of normal numbers. */
const powerOfTwo = (n: Code): Code => integer.shiftLeft(integer.add(n, ints(127)), int.const(23));

/** value 2^n in two steps, since 2^n alone may not be representable; n is left in `n` as integers. */
function scaled(value: Code, n: number): Code {
  const half = integer.shiftRight(get(n), int.const(1));
  return float.mul(float.mul(value, powerOfTwo(half)), powerOfTwo(integer.sub(get(n), half)));
}

/** e^x = 2^n e^r; beyond the bounds it is infinite or zero. */
const exp = func('exp', 2, [
  ...reduce(1, 2, -104, 89),
  ...set(1, float.toInt(get(1))),
  ...scaled(float.add(expm1Reduced(get(2)), floats(1)), 1),
]);

/** e^x - 1 = 2^n ((e^r - 1) + (1 - 2^-n)), where 2^-n of large n is lost in the sum, and need not be right; the sign is that of x, at zero too. */
const expm1 = func('expm1', 3, [
  ...set(3, bits.and(x, ints(0x80000000 | 0))),
  ...reduce(1, 2, -25, 89),
  ...set(1, float.toInt(get(1))),
  ...bits.or(
    scaled(
      float.add(
        expm1Reduced(get(2)),
        float.sub(floats(1), powerOfTwo(integer.sub(ints(0), integer.min(get(1), ints(100))))),
      ),
      1,
    ),
    get(3),
  ),
]);

const logTail = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
] as const;

/**
 * log x = e ln 2 + log m, with m between the roots of 1/2 and 2, and log(1 + f) = f - f^2 / 2 + f^3 p(f). Subnormal numbers are scaled
 * first.
 */
const log = func('log', 4, [
  // 1: e, 2: f, 3: mask, 4: what x was
  ...set(4, x),
  ...set(3, float.less(x, floats(2 ** -126))),
  ...set(0, bits.select(get(3), float.mul(x, floats(2 ** 25)), x)),
  // m in [1/2, 1), with e one more than the exponent of [1, 2)
  ...set(
    1,
    float.sub(
      float.fromInt(integer.sub(integer.shiftRight(x, int.const(23)), ints(126))),
      bits.and(get(3), floats(25)),
    ),
  ),
  ...set(2, bits.or(bits.and(x, ints(0x007fffff)), floats(0.5))),
  ...set(3, float.less(get(2), floats(Math.SQRT1_2))),
  ...set(1, float.sub(get(1), bits.and(get(3), floats(1)))),
  ...set(2, float.add(float.sub(get(2), floats(1)), bits.and(get(3), get(2)))),
  // f^3 p(f) + e low - f^2 / 2 + f + e high
  ...set(0, float.mul(get(2), get(2))),
  ...set(
    3,
    float.add(
      float.mul(float.mul(get(0), get(2)), horner(get(2), logTail)),
      float.mul(get(1), floats(ln2Low)),
    ),
  ),
  ...set(
    3,
    float.add(
      float.add(float.sub(get(3), float.mul(get(0), floats(0.5))), get(2)),
      float.mul(get(1), floats(ln2High)),
    ),
  ),
  // Infinity and NaN are their own logarithms; zero has -Infinity, and what is below NaN.
  ...set(3, bits.select(float.less(get(4), floats(Infinity)), get(3), get(4))),
  ...set(3, bits.select(float.equal(get(4), floats(0)), floats(-Infinity), get(3))),
  ...bits.select(float.less(get(4), floats(0)), floats(NaN), get(3)),
]);

/**
 * With u = 1 + x rounded, log(1 + x) = log(u) x / (u - 1), where the errors of u cancel (D. Goldberg: What every computer scientist should
 * know about floating-point arithmetic, theorem 4).
 */
const log1p = (logIndex: number): Func =>
  func('log1p', 2, [
    ...set(1, float.add(x, floats(1))),
    ...set(2, float.sub(get(1), floats(1))),
    ...set(2, float.mul([...get(1), 0x10, logIndex], float.div(x, get(2)))),
    // x where u is 1, and Infinity
    ...bits.select(bits.or(float.equal(get(1), floats(1)), float.equal(x, floats(Infinity))), x, get(2)),
  ]);

/** tanh |x| = -t / (t + 2) with t = e^(-2 |x|) - 1; the sign is that of x. */
const tanh = (expm1Index: number): Func =>
  func('tanh', 1, [
    ...set(1, [...float.mul(float.abs(x), floats(-2)), 0x10, expm1Index]),
    ...bits.or(float.div(float.neg(get(1)), float.add(get(1), floats(2))), bits.and(x, ints(0x80000000 | 0))),
  ]);

/** Functions of a module by name, each after those that it calls. */
const FUNCTIONS = {
  exp: { needs: [], make: () => exp },
  expm1: { needs: [], make: () => expm1 },
  log: { needs: [], make: () => log },
  log1p: { needs: ['log'], make: log1p },
  tanh: { needs: ['expm1'], make: tanh },
} as const satisfies Record<string, { needs: readonly string[]; make: (needed: number) => Func }>;

export type FunctionName = keyof typeof FUNCTIONS;

export const isFunctionName = (name: string): name is FunctionName => Object.hasOwn(FUNCTIONS, name);

/** Adds a function to a module that is being written, once. @returns its index */
export function addFunction(functions: Func[], name: FunctionName): number {
  const found = functions.findIndex((f) => f.name === name);
  if (found >= 0) return found;
  const { needs, make } = FUNCTIONS[name];
  const [needed = -1] = needs.map((other) => addFunction(functions, other as FunctionName));
  functions.push(make(needed));
  return functions.length - 1;
}
