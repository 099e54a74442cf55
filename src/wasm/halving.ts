import {
  advance,
  assemble,
  func,
  get,
  int,
  quad,
  repeat,
  set,
  whileLess,
  type Code,
  type Func,
} from './assembler';
import { quadBytes } from './bytes';
import { memoryModule } from './module';
import * as float from './float';
import { bits } from './vector';

/**
 * dy to where x has the maximum of a window of 2 x 2, the first of equals: x and dx `[rows, 2, columns, 2, channels]`, dy `[rows, columns, channels]`, with
 * `channel` bytes for the channels, a multiple of sixteen.
 */
const scatterHalves = (): Func =>
  func(
    'scatterHalves',
    6,
    8,
    (dx, x, dy, rows, columns, channel, below, column, end, delta, p00, p01, p10, p11, firstPair) => {
      const [best, right, down, corner, m1, m2, m3, rest] = Array.from(
        { length: 8 },
        (_, i) => firstPair + i,
      ) as [number, number, number, number, number, number, number, number];
      const pointers = [p00, p01, p10, p11];
      const beats = (mask: number, value: number): Code => [
        ...set(mask, float.greater(get(value), get(best))),
        ...set(best, bits.select(get(mask), get(value), get(best))),
      ];
      const put = (pointer: number, value: Code): Code =>
        quad.store(int.add(get(pointer), get(delta)), 0, value);
      const leave = (mask: number): Code => set(rest, bits.and(get(rest), bits.not(get(mask))));
      return [
        ...set(below, int.mul(int.mul(get(columns), int.const(2)), get(channel))),
        ...set(delta, int.sub(get(dx), get(x))),
        ...repeat(rows, [
          ...set(column, get(columns)),
          ...repeat(column, [
            ...set(p00, get(x)),
            ...set(p01, int.add(get(p00), get(channel))),
            ...set(p10, int.add(get(p00), get(below))),
            ...set(p11, int.add(get(p10), get(channel))),
            ...set(end, get(p01)),
            ...whileLess(get(p00), get(end), [
              ...set(best, quad.load(get(p00), 0)),
              ...set(right, quad.load(get(p01), 0)),
              ...set(down, quad.load(get(p10), 0)),
              ...set(corner, quad.load(get(p11), 0)),
              ...beats(m1, right),
              ...beats(m2, down),
              ...set(m3, float.greater(get(corner), get(best))),
              ...set(rest, quad.load(get(dy), 0)),
              ...put(p11, bits.and(get(m3), get(rest))),
              ...leave(m3),
              ...put(p10, bits.and(get(m2), get(rest))),
              ...leave(m2),
              ...put(p01, bits.and(get(m1), get(rest))),
              ...leave(m1),
              ...put(p00, get(rest)),
              ...[...pointers, dy].flatMap((pointer) => advance(pointer, int.const(quadBytes))),
            ]),
            ...set(x, get(p01)),
          ]),
          ...advance(x, get(below)),
        ]),
      ];
    },
  );

/** y, the maximum of each window, likewise. */
const maxHalves = (): Func =>
  func('maxHalves', 5, 2, (y, x, rows, columns, channel, below, column, end, right, firstPair) => {
    const [best, value] = [firstPair, firstPair + 1];
    const beat = (address: Code): Code => [
      ...set(value, quad.load(address, 0)),
      ...set(best, bits.select(float.greater(get(value), get(best)), get(value), get(best))),
    ];
    return [
      ...set(below, int.mul(int.mul(get(columns), int.const(2)), get(channel))),
      ...repeat(rows, [
        ...set(column, get(columns)),
        ...repeat(column, [
          ...set(right, int.add(get(x), get(channel))),
          ...set(end, get(right)),
          ...whileLess(get(x), get(end), [
            ...set(best, quad.load(get(x), 0)),
            ...beat(get(right)),
            ...beat(int.add(get(x), get(below))),
            ...beat(int.add(get(right), get(below))),
            ...quad.store(get(y), 0, get(best)),
            ...[x, right, y].flatMap((pointer) => advance(pointer, int.const(quadBytes))),
          ]),
          ...set(x, get(right)),
        ]),
        ...advance(x, get(below)),
      ]),
    ];
  });

type MaxHalves = (y: number, x: number, rows: number, columns: number, channelBytes: number) => void;

type ScatterHalves = (
  dx: number,
  x: number,
  dy: number,
  rows: number,
  columns: number,
  channelBytes: number,
) => void;

const halving = memoryModule(
  () => assemble([scatterHalves(), maxHalves()]),
  (exports) => exports as unknown as { scatterHalves: ScatterHalves; maxHalves: MaxHalves },
);

export const halvingIn = (memory: WebAssembly.Memory) => halving.in(memory);
