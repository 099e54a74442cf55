import { operation } from './operation';

// Four lanes of float32. A module of its own, so that a bundle has the instructions that it uses.

export const add = operation(0xe4);
export const sub = operation(0xe5);
export const mul = operation(0xe6);
export const div = operation(0xe7);
/** NaN where either is. */
export const min = operation(0xe8);
export const max = operation(0xe9);
/** b < a ? b : a and a < b ? b : a, which is one instruction where the others are many. */
export const lower = operation(0xea);
export const upper = operation(0xeb);
export const abs = operation(0xe0);
export const neg = operation(0xe1);
export const sqrt = operation(0xe3);
export const ceil = operation(0x67);
export const floor = operation(0x68);
/** To the nearest integer, halves to the even one. */
export const nearest = operation(0x6a);
export const equal = operation(0x41);
export const notEqual = operation(0x42);
export const less = operation(0x43);
export const greater = operation(0x44);
export const lessEqual = operation(0x45);
export const greaterEqual = operation(0x46);
export const fromInt = operation(0xfa);
/** Zero for NaN, the ends of the range for what is beyond them. */
export const toInt = operation(0xf8);
