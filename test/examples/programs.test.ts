import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filters } from '../../examples/programs/filters';
import { gradient } from '../../examples/programs/gradient';
import { hamiltonian } from '../../examples/programs/hamiltonian';
import { tanhHessian } from '../../examples/programs/hessian';
import { maml } from '../../examples/programs/maml';
import { muon } from '../../examples/programs/muon';
import { perExample } from '../../examples/programs/perExample';
import { photos } from '../../examples/programs/photos';
import { tfLayers } from '../../examples/programs/tfLayers';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'programs-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const said: string[] = [];
const settings = { short: true, say: (line: string) => void said.push(line) };

test('gradient of anything', () => {
  const { roots, heights, slope } = gradient(settings);
  [2, 1 / 4, -1 / 32, 3 / 256].forEach((expected, i) => expect(roots[i]).toBeCloseTo(expected, 5));
  [0.5, 0, 0.05, 0].forEach((expected, i) => expect(heights[i]).toBeCloseTo(expected, 6));
  expect(slope).toBeCloseTo(-0.5, 6); // half of the height -1, which is the second largest
  expect(said.at(-1)).toContain('gradient of the mean');
});

test('Hessian of a tanh net', () => {
  const { asymmetry, difference, losses } = tanhHessian(settings);
  expect(asymmetry).toBeLessThan(1e-4);
  expect(difference).toBeLessThan(1e-4);
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 50);
});

test('per-example gradients', () => {
  const { norms, difference, clipped } = perExample(settings);
  expect(new Set(norms).size).toBe(8);
  expect(Math.max(...norms)).toBeGreaterThan(1);
  expect(difference).toBeLessThan(1e-6);
  expect(clipped).toBeLessThan(1 + 1e-5);
});

test('TrAct on a tf.layers model', async () => {
  const { ordinary, tract } = await tfLayers(settings);
  expect(Math.min(ordinary, tract)).toBeGreaterThan(0.4);
  expect(tract).not.toBe(ordinary);
});

test('TrAct with Muon', async () => {
  const { ordinary, tract, first, last } = await muon(settings);
  expect(Math.min(ordinary, tract)).toBeGreaterThan(0.2);
  expect(last).toBeLessThan(first);
});

test('filters as a picture', async () => {
  const path = join(folder, 'deeper', 'filters.png');
  const { moved } = await filters({ ...settings, path });
  expect(Math.min(...moved)).toBeGreaterThan(0.01);
  expect(existsSync(path)).toBe(true);
  const { width, height } = PNG.sync.read(readFileSync(path));
  expect([width, height]).toEqual([(16 * 8 - 1) * 6, (3 * 8 - 1) * 6]);
});

test('learning to learn', () => {
  const { before, after, start } = maml(settings);
  expect(after).toBeLessThan(0.5 * start);
  expect(after).toBeLessThan(0.7 * before);
});

test('Hamiltonian dynamics', () => {
  const { leapfrog, euler } = hamiltonian(settings);
  expect(leapfrog).toBeLessThan(2e-3);
  expect(euler).toBeGreaterThan(20 * leapfrog);
});

test('photographs to a classifier', async () => {
  // Three surfaces: grey noise, coloured stripes, a smooth ramp.
  const [height, width] = [256, 320];
  const surfaces: Record<string, (y: number, x: number) => [number, number, number]> = {
    noise: (y, x) =>
      [0, 1, 2].map(() => ((y * 7919 + x * 104729) * 2654435761) & 255) as [number, number, number],
    stripes: (_, x) => (x % 16 < 8 ? [200, 40, 40] : [40, 40, 200]),
    ramp: (y) => [y * 0.9, y * 0.9, 30],
  };
  for (const [name, paint] of Object.entries(surfaces)) {
    const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
      const at = Math.floor(i / 3);
      return paint(Math.floor(at / width), at % width)[i % 3]!;
    });
    await sharp(pixels, { raw: { height, width, channels: 3 } })
      .png()
      .toFile(join(folder, `${name}.png`));
  }
  const { classes, accuracy } = await photos({ ...settings, path: folder });
  expect(classes).toBe(3);
  expect(accuracy).toBeGreaterThan(0.8);
  await expect(photos({ ...settings, path: join(folder, 'deeper', 'none') })).rejects.toThrow('fetch.sh');
});
