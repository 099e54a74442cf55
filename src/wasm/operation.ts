import { simd, type Code } from './assembler';

/** A vector instruction, behind its operands. */
/* @__NO_SIDE_EFFECTS__ */
export const operation =
  (opcode: number) =>
  (...operands: Code[]): Code => [...operands.flat(), ...simd(opcode)];
