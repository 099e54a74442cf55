import { simd, type Code } from './assembler';
import { operation } from './operation';

// Vectors of four lanes: float32, or masks whose lanes are all ones or all zeros. In the manner of assembler.ts.

/** With offset 0, and no alignment promised. */
/* @__NO_SIDE_EFFECTS__ */
const access = (opcode: number, lane?: number) => {
  const code = [...simd(opcode), 0, 0, ...(lane === undefined ? [] : [lane])];
  return (...operands: Code[]): Code => [...operands.flat(), ...code];
};

const bytesOf = (values: Float32Array | Int32Array): number[] => [...new Uint8Array(values.buffer)];
const constant = (values: Float32Array | Int32Array): Code => [...simd(0x0c), ...bytesOf(values)];

/** The same in every lane. */
export const floats = (value: number): Code => constant(new Float32Array(4).fill(value));
export const ints = (value: number): Code => constant(new Int32Array(4).fill(value));

/** Four 32-bit integers. Shifts are by a number of the stack, not of a vector. */
export const integer = {
  add: operation(0xae),
  sub: operation(0xb1),
  min: operation(0xb6),
  shiftLeft: operation(0xab),
  shiftRight: operation(0xac),
};

export const bits = {
  /** The bits of a number of the stack, in every lane. */
  splat: operation(0x11),
  not: operation(0x4d),
  and: operation(0x4e),
  or: operation(0x50),
  xor: operation(0x51),
  /** For each bit: mask ? a : b. */
  select: (mask: Code, a: Code, b: Code): Code => [...a, ...b, ...mask, ...simd(0x52)],
};

export const memory = {
  load: access(0x00),
  store: access(0x0b),
  /** One float32, in every lane. */
  splat: access(0x09),
  /** One byte, sixteen times. */
  splatByte: access(0x07),
  /** The first one or two lanes, zeros in the others. */
  loadOne: access(0x5c),
  loadTwo: access(0x5d),
  /** (address, vector): the vector with one lane from memory. */
  loadLane: (lane: number) => access(0x56, lane),
  loadByteLane: (lane: number) => access(0x54, lane),
  /** (address, vector) */
  storeLane: (lane: number) => access(0x5a, lane),
  storeTwo: access(0x5b, 0),
  storeByteLane: (lane: number) => access(0x58, lane),
};

const narrow = operation(0x85);
const narrowAgain = operation(0x65);
const widen = operation(0x89);
const widenAgain = operation(0xa9);
const differ = operation(0x38);
const differBytes = operation(0x24);

/** Between the first four bytes of a vector, zero or not, and masks. */
export const truths = {
  fromBytes: (v: Code): Code => differ(widenAgain(widen(v)), ints(0)),
  /** Of one byte that is repeated. */
  fromSplat: (v: Code): Code => differBytes(v, ints(0)),
  toBytes: (mask: Code): Code => {
    const words = [...mask, ...mask];
    const half = narrow(words);
    return bits.and(narrowAgain(half, half), ints(0x01010101));
  },
};
