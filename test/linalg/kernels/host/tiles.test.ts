import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factorCholesky, mirrorLower } from '../../../../src/linalg/kernels/host/cholesky';
import { packColumns, packRows, padded, unpackColumns } from '../../../../src/linalg/kernels/host/panels';
import {
  scriptTiles,
  tileSize,
  tilesFor,
  wasmTiles,
  width,
  type Tiles,
} from '../../../../src/linalg/kernels/host/tiles';
import { solveLower, solveUpper } from '../../../../src/linalg/kernels/host/triangular';
import { expectClose, gaussian, matrixOf, positiveDefinite, solved } from '../reference';

/** The same numbers in both kinds of tiles. */
function both(length: number, seed: string): [Tiles, Tiles] {
  const wasm = wasmTiles(length);
  if (!wasm) throw new Error('no WebAssembly SIMD here');
  const script = scriptTiles(length);
  script.memory.set(gaussian(1, length, seed)[0]!);
  wasm.memory.set(script.memory);
  return [script, wasm];
}

function expectSame(script: Tiles, wasm: Tiles): void {
  const worst = script.memory.reduce(
    (max, v, i) => Math.max(max, Math.abs(v - wasm.memory[i]!) / (1 + Math.abs(v))),
    0,
  );
  expect(worst).toBeLessThan(1e-9);
}

const tileCount = fc.integer({ min: 0, max: 9 });

test('update is the same in WebAssembly and in JavaScript', () => {
  fc.assert(
    fc.property(tileCount, tileCount, (count, depthTiles) => {
      const stride = 9 * tileSize;
      const [script, wasm] = both(11 * stride, `update ${count} ${depthTiles}`);
      for (const tiles of [script, wasm])
        tiles.update(10 * stride, 0, stride, count, 9 * stride, depthTiles * width);
      expectSame(script, wasm);
    }),
  );
});

test('forward and backward are the same in WebAssembly and in JavaScript', () => {
  fc.assert(
    fc.property(tileCount, (count) => {
      const stride = 9 * tileSize;
      const [script, wasm] = both(11 * stride, `substitute ${count}`);
      for (const tiles of [script, wasm]) {
        for (let i = 0; i < 9 * stride; i++) tiles.memory[i]! /= 8;
        tiles.forward(9 * stride, 0, stride, count, 10 * stride);
        tiles.backward(9 * stride, 0, stride, count, 10 * stride);
      }
      expectSame(script, wasm);
    }),
  );
});

test('update subtracts A^T B', () => {
  const stride = 2 * tileSize;
  for (const tiles of both(6 * stride, 'product')) {
    const before = tiles.memory.slice();
    const [c, a, b] = [4 * stride, 0, 2 * stride];
    tiles.update(c, a, stride, 2, b, 8);
    for (let i = 0; i < 8; i++) {
      for (let j = 0; j < width; j++) {
        let expected = before[c + i * width + j]!;
        for (let k = 0; k < 8; k++) {
          const factor = before[a + Math.floor(i / width) * stride + k * width + (i % width)]!;
          expected -= factor * before[b + k * width + j]!;
        }
        expect(tiles.memory[c + i * width + j]).toBeCloseTo(expected, 12);
      }
    }
  }
});

test('without WebAssembly a solve is as accurate', () => {
  const [n, m] = [70, 6];
  const a = positiveDefinite(n, 1e6, 'script');
  const b = gaussian(n, m, 'script b');
  const order = padded(n);
  const stride = order * width;
  const right = order * order;
  const l = { at: 0, tileRows: order / width, stride, reciprocals: right + padded(m) * order };
  const tiles = scriptTiles(l.reciprocals + order);
  packRows(tiles.memory, 0, Float32Array.from(a.flat()), 0, n);
  packColumns(tiles.memory, right, Float32Array.from(b.flat()), 0, n, m);
  expect(factorCholesky(tiles, l)).toBe(true);
  mirrorLower(tiles.memory, l);
  solveLower(tiles, l, right, padded(m) / width);
  solveUpper(tiles, l, right, padded(m) / width);
  const x = new Float32Array(n * m);
  unpackColumns(tiles.memory, right, x, 0, n, m);
  expectClose(
    matrixOf(n, m, (i, j) => x[i * m + j]!),
    solved(a, b),
    7e-8,
  );
});

test('tilesFor has room for what is asked, and keeps no more than 64 MiB', () => {
  expect(tilesFor(100).memory.length).toBeGreaterThanOrEqual(100);
  expect(tilesFor(300_000).memory.length).toBeGreaterThanOrEqual(300_000);
  expect(tilesFor(2 ** 23 + 1).memory.length).toBeGreaterThanOrEqual(2 ** 23 + 1);
  expect(tilesFor(100).memory.length).toBeLessThanOrEqual(2 ** 23);
});
