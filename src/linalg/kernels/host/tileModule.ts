import {
  advance,
  assemble,
  call,
  func,
  get,
  int,
  pair,
  repeat,
  set,
  whileLess,
  type Code,
  type Func,
} from '../../../wasm/assembler';
import { fused } from '../../../wasm/fused';

// The operations of tiles.ts as a WebAssembly module; addresses and strides are in bytes. A tile's four rows of four float64 are held in
// registers as two pairs each.

type Row = readonly [number, number];

const rowBytes = 32;
export const tileBytes = 128;
const four = [0, 1, 2, 3] as const;

const rowsAt = (first: number): Row[] => four.map((i) => [first + 2 * i, first + 2 * i + 1]);
const loadRow = (row: Row, address: Code, offset: number): Code =>
  row.flatMap((local, half) => set(local, pair.load(address, offset + 16 * half)));
const loadTile = (tile: Row[], address: Code): Code =>
  tile.flatMap((row, i) => loadRow(row, address, i * rowBytes));
const storeTile = (tile: Row[], address: Code): Code =>
  tile.flatMap((row, i) =>
    row.flatMap((local, half) => pair.store(address, i * rowBytes + 16 * half, get(local))),
  );

/** row -= factor * other */
const subtract = (row: Row, factor: number, other: Row): Code =>
  row.flatMap((local, half) => set(local, fused.subtractPairs(get(local), get(factor), get(other[half]!))));
/** row *= factor */
const scale = (row: Row, factor: number): Code =>
  row.flatMap((local) => set(local, pair.mul(get(local), get(factor))));

/** For each of `count` tiles: C -= A^T B, with A and B of `depth` rows. */
const update = (): Func =>
  func('update', 6, 11, (c, a, stride, count, b, depth, pa, pb, end, firstPair) => {
    const tile = rowsAt(firstPair);
    const factor = firstPair + 8;
    const bRow: Row = [firstPair + 9, firstPair + 10];
    const step = (r: number): Code => [
      ...loadRow(bRow, get(pb), r * rowBytes),
      ...tile.flatMap((row, i) => [
        ...set(factor, pair.splat(get(pa), r * rowBytes + 8 * i)),
        ...subtract(row, factor, bRow),
      ]),
    ];
    return [
      ...set(end, int.add(get(b), int.mul(get(depth), int.const(rowBytes)))),
      ...repeat(count, [
        ...loadTile(tile, get(c)),
        ...set(pa, get(a)),
        ...set(pb, get(b)),
        // The depth is a multiple of four.
        ...whileLess(get(pb), get(end), [
          ...four.flatMap(step),
          ...advance(pa, int.const(tileBytes)),
          ...advance(pb, int.const(tileBytes)),
        ]),
        ...storeTile(tile, get(c)),
        ...advance(c, int.const(tileBytes)),
        ...advance(a, get(stride)),
      ]),
    ];
  });

/** C = T^-1 C for one triangular tile, by substitution in the given order of rows; `d` holds the reciprocals of the diagonal. */
function substituteTile(tile: Row[], factor: number, t: Code, d: Code, order: readonly number[]): Code {
  return order.flatMap((i, step) => [
    ...order
      .slice(0, step)
      .flatMap((k) => [
        ...set(factor, pair.splat(t, k * rowBytes + 8 * i)),
        ...subtract(tile[i]!, factor, tile[k]!),
      ]),
    ...set(factor, pair.splat(d, 8 * i)),
    ...scale(tile[i]!, factor),
  ]);
}

/** Solves with a lower triangle of `count` tile rows: each takes part of those above, then its own tile. */
const forward = (): Func =>
  func('forward', 5, 9, (c, a, stride, count, d, first, depth, t, firstPair) => {
    const tile = rowsAt(firstPair);
    return [
      ...set(first, get(c)),
      ...repeat(count, [
        ...call(0, get(c), get(a), int.const(0), int.const(1), get(first), get(depth)),
        ...loadTile(tile, get(c)),
        ...set(t, int.add(get(a), int.mul(get(depth), int.const(rowBytes)))),
        ...substituteTile(tile, firstPair + 8, get(t), get(d), four),
        ...storeTile(tile, get(c)),
        ...advance(c, int.const(tileBytes)),
        ...advance(a, get(stride)),
        ...advance(d, int.const(rowBytes)),
        ...advance(depth, int.const(4)),
      ]),
    ];
  });

/** Solves with an upper triangle of `count` tile rows, from the last one up. */
const backward = (): Func =>
  func('backward', 5, 9, (c, a, stride, count, d, depth, t, ct, dt, firstPair) => {
    const tile = rowsAt(firstPair);
    const at = (base: number, size: number): Code => int.add(get(base), int.mul(get(count), int.const(size)));
    return whileLess(int.const(0), get(count), [
      ...advance(count, int.const(-1)),
      ...set(ct, at(c, tileBytes)),
      ...set(dt, at(d, rowBytes)),
      ...set(t, int.add(at(a, tileBytes), int.mul(get(count), get(stride)))),
      ...call(
        0,
        get(ct),
        int.add(get(t), int.const(tileBytes)),
        int.const(0),
        int.const(1),
        int.add(get(ct), int.const(tileBytes)),
        get(depth),
      ),
      ...loadTile(tile, get(ct)),
      ...substituteTile(tile, firstPair + 8, get(t), get(dt), [3, 2, 1, 0]),
      ...storeTile(tile, get(ct)),
      ...advance(depth, int.const(4)),
    ]);
  });

export const assembleTiles = (): Uint8Array<ArrayBuffer> => assemble([update(), forward(), backward()]);
