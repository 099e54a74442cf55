import type { Code } from '../../wasm/assembler';
import { isFunctionName, type FunctionName } from '../../wasm/functions';
import { bits, float, floats } from '../../wasm/vector';
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

/** The rest, sines and powers, is as fast or as exact in the backend's own kernels only. */
export const hasPrimitive = (primitive: Primitive): boolean =>
  primitive in INSTRUCTIONS || isFunctionName(primitive);

/** @param call the code of a call of a function of the module, by name */
export function primitive(
  name: Primitive,
  args: Code[],
  call: (name: FunctionName, arg: Code) => Code,
): Code {
  return isFunctionName(name) ? call(name, args[0]!) : INSTRUCTIONS[name]!(...args);
}
