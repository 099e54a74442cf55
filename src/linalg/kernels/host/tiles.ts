import { memoryModule } from '../../../wasm/module';
import { assembleTiles } from './tileModule';

/**
 * The inner loops of every factorisation and solve here, on 4 x 4 tiles of float64. Matrices are stored in panels of four columns: the
 * entry of row k and column 4 p + c lies at `p * stride + 4 k + c`, stride = 4 x rows, so the tiles of a panel follow each other and every
 * loop reads and writes consecutive memory. The matrix of a triangular solve is stored transposed, so that a panel holds four of its rows.
 * Positions and strides are indices into `memory`.
 */
export interface Tiles {
  readonly memory: Float64Array;
  /** For t < count: tile t of C -= A_t^T B, with A_t and B of `depth` rows (a multiple of 4) and A_t at `a + t * stride`. */
  update(c: number, a: number, stride: number, count: number, b: number, depth: number): void;
  /** C = L^-1 C, for `count` tiles and the lower triangle at `a`; `d` holds the reciprocals of its diagonal. */
  forward(c: number, a: number, stride: number, count: number, d: number): void;
  /** C = U^-1 C, for `count` tiles and the upper triangle at `a`; `d` holds the reciprocals of its diagonal. */
  backward(c: number, a: number, stride: number, count: number, d: number): void;
}

export const width = 4;
export const tileSize = width * width;

/** The operations in plain JavaScript, where WebAssembly or its SIMD instructions are missing or forbidden. */
export function scriptTiles(length: number): Tiles {
  const memory = new Float64Array(length);

  function update(c: number, a: number, stride: number, count: number, b: number, depth: number): void {
    for (let t = 0; t < count; t++) {
      for (let i = 0; i < width; i++) {
        const row = c + t * tileSize + i * width;
        let pa = a + t * stride + i;
        let pb = b;
        let [s0, s1, s2, s3] = [0, 0, 0, 0];
        for (const end = b + depth * width; pb < end; pa += width, pb += width) {
          const factor = memory[pa]!;
          s0 += factor * memory[pb]!;
          s1 += factor * memory[pb + 1]!;
          s2 += factor * memory[pb + 2]!;
          s3 += factor * memory[pb + 3]!;
        }
        memory[row]! -= s0;
        memory[row + 1]! -= s1;
        memory[row + 2]! -= s2;
        memory[row + 3]! -= s3;
      }
    }
  }

  /** Row i of the tile C takes part of row k. */
  function eliminate(c: number, i: number, k: number, factor: number): void {
    for (let j = 0; j < width; j++) memory[c + i * width + j]! -= factor * memory[c + k * width + j]!;
  }
  function scale(c: number, i: number, factor: number): void {
    for (let j = 0; j < width; j++) memory[c + i * width + j]! *= factor;
  }

  return {
    memory,
    update,
    forward(c, a, stride, count, d) {
      for (let t = 0; t < count; t++) {
        const own = c + t * tileSize;
        const triangle = a + t * (stride + tileSize);
        update(own, a + t * stride, 0, 1, c, t * width);
        for (let i = 0; i < width; i++) {
          for (let k = 0; k < i; k++) eliminate(own, i, k, memory[triangle + k * width + i]!);
          scale(own, i, memory[d + t * width + i]!);
        }
      }
    },
    backward(c, a, stride, count, d) {
      for (let t = count - 1; t >= 0; t--) {
        const own = c + t * tileSize;
        const triangle = a + t * (stride + tileSize);
        update(own, triangle + tileSize, 0, 1, own + tileSize, (count - 1 - t) * width);
        for (let i = width - 1; i >= 0; i--) {
          for (let k = width - 1; k > i; k--) eliminate(own, i, k, memory[triangle + k * width + i]!);
          scale(own, i, memory[d + t * width + i]!);
        }
      }
    },
  };
}

type Exports = Pick<Tiles, 'update' | 'forward' | 'backward'>;

const tileModule = memoryModule(assembleTiles, (exports) => exports as unknown as Exports);

/** The operations in WebAssembly, or null where it is not to be had. */
export function wasmTiles(length: number): Tiles | null {
  if (!tileModule.compiles()) return null;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((length * 8) / 65536) });
  const wasm = tileModule.in(memory);
  return {
    memory: new Float64Array(memory.buffer),
    update: (c, a, stride, count, b, depth) => wasm.update(c * 8, a * 8, stride * 8, count, b * 8, depth),
    forward: (c, a, stride, count, d) => wasm.forward(c * 8, a * 8, stride * 8, count, d * 8),
    backward: (c, a, stride, count, d) => wasm.backward(c * 8, a * 8, stride * 8, count, d * 8),
  };
}

/** Up to this many float64 (64 MiB) are kept for the next call. */
const keptLength = 2 ** 23;
let kept: Tiles | undefined;

/** Tiles with room for `length` float64 of any content, for use until the next call. */
export function tilesFor(length: number): Tiles {
  if (kept && kept.memory.length >= length) return kept;
  const keep = length <= keptLength;
  const size = keep ? Math.max(2 ** Math.ceil(Math.log2(length)), 2 ** 16) : length;
  const tiles = wasmTiles(size) ?? scriptTiles(size);
  if (keep) kept = tiles;
  return tiles;
}
