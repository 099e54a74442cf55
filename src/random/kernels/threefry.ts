/*
 * Threefry-2x32 with 20 rounds, the counter-based generator of Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3"
 * (SC 2011): a bijection of a counter of two 32-bit words for each key of two, with which JAX draws its numbers too.
 */

export const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;
/** The parity constant that the key schedule's third word starts from. */
export const PARITY = 0x1bd11bda;

/** Encrypts the counter (x0, x1) with the key (k0, k1); the result's two words, as int32 bit patterns, go to `out[at]` and `out[at + 1]`. */
export function threefry(
  k0: number,
  k1: number,
  x0: number,
  x1: number,
  out: Int32Array | Uint32Array,
  at: number,
): void {
  const k2 = PARITY ^ k0 ^ k1;
  let a = (x0 + k0) | 0;
  let b = (x1 + k1) | 0;
  // Five groups of four rounds; after each the key schedule moves on by one word.
  for (let group = 0; group < 5; group++) {
    const rotations = ROTATIONS[group & 1]!;
    for (let i = 0; i < 4; i++) {
      const r = rotations[i]!;
      a = (a + b) | 0;
      b = a ^ ((b << r) | (b >>> (32 - r)));
    }
    const next = (group + 1) % 3;
    a = (a + (next === 0 ? k0 : next === 1 ? k1 : k2)) | 0;
    b = (b + (next === 0 ? k1 : next === 1 ? k2 : k0) + group + 1) | 0;
  }
  out[at] = a;
  out[at + 1] = b;
}

/** The counter's words for element `index`, a whole number up to 2^53. */
export function highWord(index: number): number {
  return Math.floor(index / 0x100000000) | 0;
}

const block = new Int32Array(2);

/** 32 random bits, as int32 bit patterns, for each element of `out[from .. from + count]`. */
export function randomBits(k0: number, k1: number, out: Int32Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) {
    threefry(k0, k1, highWord(i), i | 0, block, 0);
    out[from + i] = block[0]! ^ block[1]!;
  }
}

/** As many new keys, two words each. */
export function splitKey(k0: number, k1: number, out: Int32Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) threefry(k0, k1, highWord(i), i | 0, out, from + 2 * i);
}
