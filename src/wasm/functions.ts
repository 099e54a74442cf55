import { get, int, set, type Code } from './assembler';
import * as float from './float';
import { bits, floats, integer, ints } from './vector';

/*
 * Elementary functions of four float32 at once, to a few units in the last place over the whole range; NaN for NaN. Reductions, and
 * the polynomial of log, are those of the Cephes library (S. Moshier, single precision: expf, logf). Each writes its code in place:
 * calls would cost a quarter of the time.
 */

/** The code of f(x). */
type Elementary = (x: Code, locals: Locals) => Code;

/** Gives a vector local that nothing else uses. */
type Locals = () => number;

/** c[0] t^k + ... + c[k] */
function horner(t: Code, [first, ...rest]: readonly number[]): Code {
  return rest.reduce<Code>((sum, c) => float.add(float.mul(sum, t), floats(c)), floats(first!));
}

const signBit = ints(0x80000000 | 0);

const [ln2High, ln2Low] = [0.693359375, -2.1219444005469058e-4] as const;
/** Of (e^r - 1 - r) / r^2, |r| <= ln 2 / 2: minimax in e^r, which is off by 3e-9. */
const expTail = [1.38145986e-3, 8.36871691e-3, 4.1668388e-2, 0.166665206, 0.499999934] as const;

/** Added to a number below 2^22 in size, it leaves the nearest integer in the last bits. */
const magic = 1.5 * 2 ** 23;

/** Of x between two bounds, into locals: n, the nearest integer to x / ln 2, as an integer, and e^r - 1 = r + r^2 p(r) of r = x - n ln 2. */
function reduced(
  x: Code,
  low: number,
  high: number,
  locals: Locals,
): { code: Code; n: number; power: number } {
  const [v, n, r] = [locals(), locals(), locals()];
  const code = [
    // NaN stays: a comparison with it is false.
    ...set(v, float.upper(float.lower(x, floats(high)), floats(low))),
    ...set(n, float.add(float.mul(get(v), floats(Math.LOG2E)), floats(magic))),
    ...set(r, float.sub(get(n), floats(magic))),
    ...set(n, integer.sub(get(n), floats(magic))),
    ...set(v, float.sub(get(v), float.mul(get(r), floats(ln2High)))),
    ...set(r, float.sub(get(v), float.mul(get(r), floats(ln2Low)))),
    ...set(r, float.add(float.mul(float.mul(get(r), get(r)), horner(get(r), expTail)), get(r))),
  ];
  return { code, n, power: r };
}

/** 2^n for integers in an integer vector, within the range of normal numbers. */
const powerOfTwo = (n: Code): Code => integer.shiftLeft(integer.add(n, ints(127)), int.const(23));

/** value 2^n in two steps, since 2^n alone may not be representable: half of n goes to the exponent's bits, within the range of normal numbers. */
function scaled(value: Code, n: number): Code {
  const half = integer.shiftRight(get(n), int.const(1));
  const near = integer.add(value, integer.shiftLeft(half, int.const(23)));
  return float.mul(near, powerOfTwo(integer.sub(get(n), half)));
}

/** e^x = 2^n e^r; beyond the bounds it is infinite or zero. */
const exp: Elementary = (x, locals) => {
  const { code, n, power } = reduced(x, -104, 89, locals);
  return [...code, ...scaled(float.add(get(power), floats(1)), n)];
};

/**
 * e^x - 1 = 2^n ((e^r - 1) + (1 - 2^-n)), where 2^-n of large n is lost in the sum, and need not be right; the sign is that of x, at zero
 * too.
 */
const expm1: Elementary = (x, locals) => {
  const given = locals();
  const { code, n, power } = reduced(get(given), -25, 89, locals);
  const inverse = powerOfTwo(integer.sub(ints(0), integer.min(get(n), ints(100))));
  return [
    ...set(given, x),
    ...code,
    ...bits.or(
      scaled(float.add(get(power), float.sub(floats(1), inverse)), n),
      bits.and(get(given), signBit),
    ),
  ];
};

const logTail = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
] as const;

/**
 * log x = e ln 2 + log m, with m between the roots of 1/2 and 2, and log(1 + f) = f - f^2 / 2 + f^3 p(f). Subnormal numbers are scaled
 * first.
 */
const log: Elementary = (given, locals) => {
  const [x, normal, e, f, mask, square] = [locals(), locals(), locals(), locals(), locals(), locals()];
  return [
    ...set(x, given),
    ...set(mask, float.less(get(x), floats(2 ** -126))),
    ...set(normal, bits.select(get(mask), float.mul(get(x), floats(2 ** 25)), get(x))),
    // m in [1/2, 1), with e one more than the exponent of [1, 2)
    ...set(e, float.fromInt(integer.sub(integer.shiftRight(get(normal), int.const(23)), ints(126)))),
    ...set(e, float.sub(get(e), bits.and(get(mask), floats(25)))),
    ...set(f, bits.or(bits.and(get(normal), ints(0x007fffff)), floats(0.5))),
    ...set(mask, float.less(get(f), floats(Math.SQRT1_2))),
    ...set(e, float.sub(get(e), bits.and(get(mask), floats(1)))),
    ...set(f, float.add(float.sub(get(f), floats(1)), bits.and(get(mask), get(f)))),
    // f^3 p(f) + e low - f^2 / 2 + f + e high
    ...set(square, float.mul(get(f), get(f))),
    ...set(normal, float.mul(float.mul(get(square), get(f)), horner(get(f), logTail))),
    ...set(normal, float.add(get(normal), float.mul(get(e), floats(ln2Low)))),
    ...set(normal, float.sub(get(normal), float.mul(get(square), floats(0.5)))),
    ...set(normal, float.add(float.add(get(normal), get(f)), float.mul(get(e), floats(ln2High)))),
    // Infinity and NaN are their own logarithms; zero has -Infinity, and what is below NaN.
    ...set(normal, bits.select(float.less(get(x), floats(Infinity)), get(normal), get(x))),
    ...set(normal, bits.select(float.equal(get(x), floats(0)), floats(-Infinity), get(normal))),
    ...bits.select(float.less(get(x), floats(0)), floats(NaN), get(normal)),
  ];
};

/**
 * With u = 1 + x rounded, log(1 + x) = log(u) x / (u - 1), where the errors of u cancel (D. Goldberg: What every computer scientist should
 * know about floating-point arithmetic, theorem 4).
 */
const log1p: Elementary = (given, locals) => {
  const [x, u, y] = [locals(), locals(), locals()];
  const ratio = float.div(get(x), float.sub(get(u), floats(1)));
  return [
    ...set(x, given),
    ...set(u, float.add(get(x), floats(1))),
    ...set(y, float.mul(log(get(u), locals), ratio)),
    // x where u is 1, and Infinity
    ...bits.select(
      bits.or(float.equal(get(u), floats(1)), float.equal(get(x), floats(Infinity))),
      get(x),
      get(y),
    ),
  ];
};

/** tanh |x| = -t / (t + 2) with t = e^(-2 |x|) - 1; the sign is that of x. */
const tanh: Elementary = (given, locals) => {
  const [x, t] = [locals(), locals()];
  return [
    ...set(x, given),
    ...set(t, expm1(float.mul(float.abs(get(x)), floats(-2)), locals)),
    ...bits.or(float.div(float.neg(get(t)), float.add(get(t), floats(2))), bits.and(get(x), signBit)),
  ];
};

export const functions = { exp, expm1, log, log1p, tanh };
