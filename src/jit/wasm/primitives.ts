import type { Code } from '../../wasm/assembler';
import { functions } from '../../wasm/functions';
import * as float from '../../wasm/float';
import { bits, floats } from '../../wasm/vector';
import type { Primitive } from '../elementwise';

/** Primitives that are an instruction or few; truths are masks. */
const INSTRUCTIONS: Partial<Record<Primitive, (...args: Code[]) => Code>> = {
  add: float.add,
  sub: float.sub,
  mul: float.mul,
  div: float.div,
  min: float.min,
  max: float.max,
  neg: float.neg,
  abs: float.abs,
  sqrt: float.sqrt,
  floor: float.floor,
  ceil: float.ceil,
  equal: float.equal,
  notEqual: float.notEqual,
  less: float.less,
  lessEqual: float.lessEqual,
  greater: float.greater,
  greaterEqual: float.greaterEqual,
  and: bits.and,
  or: bits.or,
  not: bits.not,
  select: bits.select as (...args: Code[]) => Code,
  toNumber: (truth) => bits.and(truth!, floats(1)),
  toTruth: (x) => float.notEqual(x!, floats(0)),
};

const isFunction = (primitive: Primitive): primitive is keyof typeof functions & Primitive =>
  Object.hasOwn(functions, primitive);

/** The rest, sines and powers, is as fast or as exact in the backend's own kernels only. */
export const hasPrimitive = (primitive: Primitive): boolean =>
  primitive in INSTRUCTIONS || isFunction(primitive);

/**
 * The larger or smaller of a number and a constant, which is not NaN: one instruction, where those of two numbers that may be NaN are
 * several.
 */
export const besideConstant: Partial<Record<Primitive, (x: Code, constant: Code) => Code>> = {
  max: float.upper,
  min: float.lower,
};

/** @param locals gives vector locals that nothing else uses */
export function primitive(name: Primitive, args: Code[], locals: () => number): Code {
  return isFunction(name) ? functions[name](args[0]!, locals) : INSTRUCTIONS[name]!(...args);
}
