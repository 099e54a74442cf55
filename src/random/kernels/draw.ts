import { util } from '@tensorflow/tfjs-core';
import type { HostKernel } from '../../core/hostKernel';
import { erfInv } from './erfInv';
import { randomBits, splitKey } from './threefry';

/** What 'TractRandom' gives of each key. */
export type Draw =
  /** New keys `[...shape, 2]`. */
  | { draw: 'keys'; shape: number[] }
  /** 32 random bits, as int32. */
  | { draw: 'bits'; shape: number[] }
  /** float32, uniform on [0, 1). */
  | { draw: 'uniform'; shape: number[] }
  /** float32, standard normal. */
  | { draw: 'normal'; shape: number[] }
  /** int32, uniform on [low, high). */
  | { draw: 'integers'; shape: number[]; low: number; high: number };

type Fill = (k0: number, k1: number, out: never, from: number, count: number, attrs: Draw) => void;

const float = new Float32Array(1);
const bitsOfFloat = new Int32Array(float.buffer);

/** The upper 23 bits as the mantissa of a float32 in [1, 2), less 1. */
function unitFloat(bits: number): number {
  bitsOfFloat[0] = (bits >>> 9) | 0x3f800000;
  return float[0]! - 1;
}

/** The float32 after -1. */
const ABOVE_MINUS_ONE = Math.fround(-1 + 2 ** -24);

const fills: Record<Draw['draw'], Fill> = {
  keys: splitKey as Fill,
  bits: randomBits as Fill,
  uniform: (k0, k1, out: Float32Array, from, count) => {
    const bits = new Int32Array(count);
    randomBits(k0, k1, bits, 0, count);
    for (let i = 0; i < count; i++) out[from + i] = unitFloat(bits[i]!);
  },
  // By inversion, as JAX has it: sqrt(2) erfInv(u), u uniform on (-1, 1).
  normal: (k0, k1, out: Float32Array, from, count) => {
    const bits = new Int32Array(count);
    randomBits(k0, k1, bits, 0, count);
    for (let i = 0; i < count; i++) {
      const u = Math.max(ABOVE_MINUS_ONE, Math.fround(2 * unitFloat(bits[i]!) + ABOVE_MINUS_ONE));
      out[from + i] = Math.SQRT2 * erfInv(u);
    }
  },
  // 64 random bits modulo the span, so that no value is favoured: ((high mod s) (2^32 mod s) + (low mod s)) mod s.
  integers: (k0, k1, out: Int32Array, from, count, attrs) => {
    const { low, high } = attrs as Draw & { draw: 'integers' };
    const span = high - low;
    const keys = new Int32Array(4);
    splitKey(k0, k1, keys, 0, 2);
    const upper = new Int32Array(count);
    const lower = new Int32Array(count);
    randomBits(keys[0]!, keys[1]!, upper, 0, count);
    randomBits(keys[2]!, keys[3]!, lower, 0, count);
    const half = 0x10000 % span;
    const factor = (Math.imul(half, half) >>> 0) % span;
    for (let i = 0; i < count; i++) {
      const product = Math.imul((upper[i]! >>> 0) % span, factor);
      const offset = (product + ((lower[i]! >>> 0) % span)) >>> 0;
      out[from + i] = low + (offset % span);
    }
  },
};

export function drawnDtype({ draw }: Draw): 'float32' | 'int32' {
  return draw === 'uniform' || draw === 'normal' ? 'float32' : 'int32';
}

/** Shape of what one key gives. */
export function drawnShape({ draw, shape }: Draw): number[] {
  return draw === 'keys' ? [...shape, 2] : shape;
}

/** Draws from keys `[..., 2]`: `[..., ...shape]`. */
export const random: HostKernel = {
  kernelName: 'TractRandom',
  compute({ key }, given) {
    const attrs = given as unknown as Draw;
    const { shape: keyShape, values: keys } = key!;
    const size = util.sizeFromShape(drawnShape(attrs));
    const count = util.sizeFromShape(attrs.shape);
    const lead = keyShape.slice(0, -1);
    const Values = drawnDtype(attrs) === 'float32' ? Float32Array : Int32Array;
    const out = new Values(util.sizeFromShape(lead) * size);
    for (let k = 0; 2 * k < keys.length; k++)
      fills[attrs.draw](keys[2 * k]!, keys[2 * k + 1]!, out as never, k * size, count, attrs);
    return { shape: [...lead, ...drawnShape(attrs)], values: out };
  },
};
