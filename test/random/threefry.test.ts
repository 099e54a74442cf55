import { describe, expect, it } from 'vitest';
import { highWord, threefry } from '../../src/random/kernels/threefry';

const block = (k0: number, k1: number, x0: number, x1: number): number[] => {
  const out = new Uint32Array(2);
  threefry(k0 | 0, k1 | 0, x0 | 0, x1 | 0, out, 0);
  return [...out];
};

describe('threefry', () => {
  // The known answers for threefry2x32, 20 rounds, of Random123 (kat_vectors), which JAX's tests state too.
  it.each([
    [
      [0, 0, 0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ] as const)('key and counter %j give %j', ([k0, k1, x0, x1], expected) => {
    expect(block(k0, k1, x0, x1)).toEqual(expected);
  });

  it('counts beyond 32 bits', () => {
    expect([highWord(0xffffffff), highWord(0x100000000), highWord(2 ** 40 + 5)]).toEqual([0, 1, 256]);
  });
});
