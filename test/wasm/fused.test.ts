import { setFlagsFromString } from 'node:v8';
import { afterEach, describe, expect, it, vi } from 'vitest';

const relaxedAdd = [0xfd, 0x85, 0x02];
const contains = (bytes: Uint8Array, part: readonly number[]): boolean =>
  bytes.some((_, i) => part.every((byte, k) => bytes[i + k] === byte));

/** Modules anew, which ask the engine again. */
async function modules() {
  vi.resetModules();
  return {
    ...(await import('../../src/wasm/blocks')),
    ...(await import('../../src/wasm/blockModule')),
    ...(await import('../../src/wasm/matrices')),
    ...(await import('../../src/linalg/kernels/host/tiles')),
  };
}

describe.each([true, false])('with relaxed SIMD: %s', (isRelaxed) => {
  afterEach(() => {
    vi.restoreAllMocks();
    // What Node 20 has it behind; later ones have no such flag.
    if (process.version.startsWith('v20.')) setFlagsFromString('--no-experimental-wasm-relaxed-simd');
  });
  const start = () => {
    if (process.version.startsWith('v20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
    if (!isRelaxed) vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    return modules();
  };

  it('products of matrices are right', async () => {
    const { assembleBlocks, blocksIn, multiplyMatrices } = await start();
    expect(contains(assembleBlocks(), relaxedAdd)).toBe(isRelaxed);
    const memory = new WebAssembly.Memory({ initial: 1 });
    const [n, k, m] = [7, 9, 11];
    const values = new Float32Array(memory.buffer);
    for (let i = 0; i < (n + m) * k; i++) values[i] = Math.sin(i);
    const product = { n, k, m, transposeA: false, transposeB: false };
    multiplyMatrices(blocksIn(memory), product, 0, n * k * 4, 1024, 2048);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < m; j++) {
        let expected = 0;
        for (let p = 0; p < k; p++) expected += values[i * k + p]! * values[n * k + p * m + j]!;
        expect(values[256 + i * m + j]).toBeCloseTo(expected, 5);
      }
  });

  it('tiles of float64 are right', async () => {
    const { tilesFor } = await start();
    const { memory, update } = tilesFor(64);
    for (let i = 0; i < 48; i++) memory[i] = Math.cos(i);
    const before = memory.slice(0, 48);
    update(32, 0, 16, 1, 16, 4);
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) {
        let expected = before[32 + 4 * i + j]!;
        for (let k = 0; k < 4; k++) expected -= before[4 * k + i]! * before[16 + 4 * k + j]!;
        expect(memory[32 + 4 * i + j]).toBeCloseTo(expected, 14);
      }
  });
});
