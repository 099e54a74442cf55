import {
  advance,
  assemble,
  func,
  get,
  int,
  pair,
  quad,
  repeat,
  set,
  whileLess,
  when,
  type Code,
  type Func,
} from './assembler';
import { doubleBytes, quadBytes } from './bytes';
import { fused } from './fused';

// Sums of products in float64, of float32 and into pairs of float32; addresses and steps are in bytes.

const pairBytes = 16;
export const tileWidth = 4;
const four = [0, 1, 2, 3] as const;
const halves = [0, 1] as const;

/** For each of `count` tiles of four by four, one below the other: C += A^T B, for A and B of `depth` rows. */
const addTiles = (): Func =>
  func('addTiles', 8, 11, (c, cRow, a, aRow, b, bRow, depth, count, pa, pb, pc, k, firstPair) => {
    const sum = (i: number, half: number): number => firstPair + 2 * i + half;
    const right = (half: number): number => firstPair + 8 + half;
    const factor = firstPair + 10;
    const eachSum = (body: (i: number, half: number) => Code): Code => [
      ...set(pc, get(c)),
      ...four.flatMap((i) => [...halves.flatMap((half) => body(i, half)), ...advance(pc, get(cRow))]),
    ];
    const step: Code = [
      ...halves.flatMap((half) => set(right(half), pair.load(get(pb), half * pairBytes))),
      ...four.flatMap((i) => [
        ...set(factor, pair.splat(get(pa), i * doubleBytes)),
        ...halves.flatMap((half) =>
          set(sum(i, half), fused.addPairs(get(sum(i, half)), get(factor), get(right(half)))),
        ),
      ]),
      ...advance(pa, get(aRow)),
      ...advance(pb, get(bRow)),
    ];
    return repeat(count, [
      ...set(pa, get(a)),
      ...set(pb, get(b)),
      ...set(k, get(depth)),
      ...eachSum((i, half) => set(sum(i, half), pair.load(get(pc), half * pairBytes))),
      ...repeat(k, step),
      ...eachSum((i, half) => pair.store(get(pc), half * pairBytes, get(sum(i, half)))),
      ...advance(a, int.const(tileWidth * doubleBytes)),
      ...set(c, get(pc)),
    ]);
  });

const lowHalf = (value: Code): Code => quad.promote(value);
const highHalf = (value: Code): Code => quad.promote(quad.shuffle(value, value, [2, 3, 2, 3]));

/** `quads` times four float32 of each of `count` lines as float64: put there, or added. */
const widen = (name: string, isAdded: boolean): Func =>
  func(name, 6, 1, (to, toStep, from, fromStep, quads, count, target, source, end, firstPair) => {
    const put = (offset: number, value: Code): Code =>
      pair.store(get(target), offset, isAdded ? pair.add(pair.load(get(target), offset), value) : value);
    return repeat(count, [
      ...set(source, get(from)),
      ...set(target, get(to)),
      ...set(end, int.add(get(from), int.mul(get(quads), int.const(quadBytes)))),
      ...whileLess(get(source), get(end), [
        ...set(firstPair, quad.load(get(source), 0)),
        ...put(0, lowHalf(get(firstPair))),
        ...put(pairBytes, highHalf(get(firstPair))),
        ...advance(source, int.const(quadBytes)),
        ...advance(target, int.const(2 * pairBytes)),
      ]),
      ...advance(to, get(toStep)),
      ...advance(from, get(fromStep)),
    ]);
  });

/**
 * float64 as pairs of float32, the nearest and the rest: of each of `count` lines `quads` times four, and `tail` more. The lines of the result follow each
 * other.
 */
const split = (): Func =>
  func('split', 7, 4, (high, low, from, fromStep, quads, tail, count, source, end, firstPair) => {
    const [wide0, wide1, nearest, rest] = [firstPair, firstPair + 1, firstPair + 2, firstPair + 3] as const;
    const joined = (a: Code, b: Code): Code => quad.shuffle(pair.demote(a), pair.demote(b), [0, 1, 4, 5]);
    const parts: Code = [
      ...set(wide0, pair.load(get(source), 0)),
      ...set(wide1, pair.load(get(source), pairBytes)),
      ...set(nearest, joined(get(wide0), get(wide1))),
      ...set(
        rest,
        joined(pair.sub(get(wide0), lowHalf(get(nearest))), pair.sub(get(wide1), highHalf(get(nearest)))),
      ),
    ];
    const storePart = (lanes: 1 | 2 | 3, otherwise: Code): Code =>
      when(
        int.less(get(tail), int.const(lanes + 1)),
        [
          ...quad.storePart(get(high), 0, get(nearest), lanes),
          ...quad.storePart(get(low), 0, get(rest), lanes),
        ],
        otherwise,
      );
    const forward = (bytes: Code): Code => [...advance(high, bytes), ...advance(low, bytes)];
    return repeat(count, [
      ...set(source, get(from)),
      ...set(end, int.add(get(from), int.mul(get(quads), int.const(2 * pairBytes)))),
      ...whileLess(get(source), get(end), [
        ...parts,
        ...quad.store(get(high), 0, get(nearest)),
        ...quad.store(get(low), 0, get(rest)),
        ...forward(int.const(quadBytes)),
        ...advance(source, int.const(2 * pairBytes)),
      ]),
      ...when(get(tail), [
        ...parts,
        ...storePart(1, storePart(2, storePart(3, []))),
        ...forward(int.mul(get(tail), int.const(4))),
      ]),
      ...advance(from, get(fromStep)),
    ]);
  });

export const assembleWide = (): Uint8Array<ArrayBuffer> =>
  assemble([addTiles(), widen('widen', false), widen('addWidened', true), split()]);
