import { fc, test } from '@fast-check/vitest';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test as example } from 'vitest';
import { encodeCifar, parseCifar } from '../../../examples/data/cifarFile';
import { decode } from '../../../examples/data/picture';
import { loadPictures } from '../../../examples/data/pictureFolder';
import { cells } from '../../../examples/photos/cells';
import { decodeSafeTensors, encodeSafeTensors, type Stored } from '../../../examples/train/safetensors';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'files-'))));
afterAll(() => rmSync(folder, { recursive: true }));

describe('CIFAR files', () => {
  const classes = ['cat', 'dog', 'eel'];
  const format = { classes, size: 2 };
  const sets = fc.integer({ min: 1, max: 4 }).chain((count) =>
    fc.record({
      ...{
        count: fc.constant(count),
        height: fc.constant(2),
        width: fc.constant(2),
        channels: fc.constant(3),
      },
      classes: fc.constant(classes),
      pixels: fc.uint8Array({ minLength: 12 * count, maxLength: 12 * count }),
      labels: fc.uint8Array({ minLength: count, maxLength: count, max: 2 }),
    }),
  );

  test.prop([sets])('what was written comes back', (images) => {
    expect(parseCifar(encodeCifar(images), 'some.bin', format)).toEqual(images);
  });

  test.prop([sets, fc.nat()])('a file that is cut off is refused at its end', (images, cut) => {
    const whole = encodeCifar(images);
    const length = cut % whole.length;
    if (length % 13 === 0) return;
    expect(() => parseCifar(whole.subarray(0, length), 'some.bin', format)).toThrow(
      `some.bin: at offset ${length}: `,
    );
  });

  example('planes of colours become pixels; CIFAR-100 has two labels', () => {
    const bytes = Uint8Array.of(9, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    const { pixels, labels } = parseCifar(bytes, 'some.bin', { ...format, labelBytes: 2 });
    expect(Array.from(pixels)).toEqual([1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12]);
    expect(Array.from(labels)).toEqual([1]);
  });

  example('a label without a class is refused', () => {
    const bytes = new Uint8Array(26);
    bytes[13] = 3;
    expect(() => parseCifar(bytes, 'some.bin', format)).toThrow(
      'some.bin: at offset 13: expected a label from 0 to 2, got 3',
    );
  });
});

describe('pictures', () => {
  const paint = (background: string) =>
    sharp({ create: { width: 60, height: 40, channels: 3, background } })
      .jpeg()
      .toBuffer();

  example('a folder for each class, scaled and cut', async () => {
    for (const name of ['red', 'blue']) {
      mkdirSync(join(folder, 'set', name), { recursive: true });
      writeFileSync(join(folder, 'set', name, 'a.jpg'), await paint(name));
    }
    const { classes, labels, pixels, count } = await loadPictures(join(folder, 'set'), 4);
    expect([classes, Array.from(labels), count]).toEqual([['blue', 'red'], [0, 1], 2]);
    expect(pixels).toHaveLength(2 * 4 * 4 * 3);
    expect(pixels[2]).toBeGreaterThan(200);
    expect(pixels[48]).toBeGreaterThan(200);
  });

  example('a picture that is cut off, or none, is named with its end', async () => {
    const whole = await paint('green');
    const file = join(folder, 'broken.jpg');
    writeFileSync(file, whole.subarray(0, whole.length - 60));
    await expect(decode(file)).rejects.toThrow(
      `${file}: can't be decoded; read up to offset ${whole.length - 60}`,
    );
    writeFileSync(file, 'not a picture');
    await expect(decode(file)).rejects.toThrow(`${file}: can't be decoded; read up to offset 13`);
  });
});

test.prop([
  fc.integer({ min: 4, max: 24 }),
  fc.integer({ min: 4, max: 24 }),
  fc.integer({ min: 2, max: 8 }),
  fc.double({ min: 0.01, max: 0.99, noNaN: true }),
  fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 7, maxLength: 7 }),
])('training and test cells of a photograph share no pixel', (height, width, side, share, draws) => {
  if (Math.floor(height / side) * Math.floor(width / side) < 2) return;
  let i = 0;
  const uniform = (): number => draws[i++ % draws.length]!;
  const { training, test: judged } = cells({ height, width, name: 'photo' }, side, share, uniform);
  expect(training.length).toBeGreaterThan(0);
  expect(judged.length).toBeGreaterThan(0);
  const taken = new Set<string>();
  for (const { top, left } of [...training, ...judged]) {
    expect(top + side <= height && left + side <= width).toBe(true);
    for (let y = top; y < top + side; y++) {
      for (let x = left; x < left + side; x++) {
        expect(taken.has(`${y} ${x}`)).toBe(false);
        taken.add(`${y} ${x}`);
      }
    }
  }
});

describe('safetensors', () => {
  const stored = fc
    .record({
      dtype: fc.constantFrom('F32' as const, 'I32' as const, 'BOOL' as const),
      shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    })
    .chain(({ dtype, shape }) => {
      const size = shape.reduce((a, b) => a * b, dtype === 'BOOL' ? 1 : 4);
      return fc
        .uint8Array({ minLength: size, maxLength: size })
        .map((bytes): Stored => ({ dtype, shape, bytes }));
    });
  const files = fc.record({
    tensors: fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z0-9/]{1,8}$/), stored), {
      selector: ([name]) => name,
      maxLength: 4,
    }),
    note: fc.string(),
  });

  test.prop([files])('what was written comes back, each tensor aligned', ({ tensors, note }) => {
    const file = encodeSafeTensors({ tensors: new Map(tensors), metadata: { note } });
    const found = decodeSafeTensors(file, 'some.safetensors');
    expect(found.metadata).toEqual({ note });
    expect(
      new Map([...found.tensors].map(([name, t]) => [name, { ...t, bytes: new Uint8Array(t.bytes) }])),
    ).toEqual(new Map(tensors.map(([name, t]) => [name, { ...t, bytes: new Uint8Array(t.bytes) }])));
    for (const { dtype, bytes } of found.tensors.values())
      if (dtype !== 'BOOL') expect(bytes.byteOffset % 4).toBe(0);
  });

  test.prop([files, fc.nat()])(
    'a file that is cut off is refused with an offset',
    ({ tensors, note }, cut) => {
      const file = encodeSafeTensors({ tensors: new Map(tensors), metadata: { note } });
      const part = file.subarray(0, cut % file.length);
      expect(() => decodeSafeTensors(part, 'some.safetensors')).toThrow(
        `some.safetensors: at offset ${part.length}: `,
      );
    },
  );

  example('more bytes than tensors, or a shape that does not fit, are refused', () => {
    const bytes = new Uint8Array(8);
    const file = encodeSafeTensors({
      tensors: new Map([['w', { dtype: 'F32', shape: [2], bytes }]]),
      metadata: {},
    });
    expect(() => decodeSafeTensors(Uint8Array.of(...file, 0), 'f')).toThrow(
      `f: at offset ${file.length}: 1 bytes follow`,
    );
    const wrong = encodeSafeTensors({
      tensors: new Map([['w', { dtype: 'F32', shape: [3], bytes }]]),
      metadata: {},
    });
    expect(() => decodeSafeTensors(wrong, 'f')).toThrow('f: at offset 8: "w", F32[3], takes 12 bytes');
  });
});
