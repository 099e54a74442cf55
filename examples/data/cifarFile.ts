import { Failure } from '../shared/failure';
import { sizeOf, type ImageSet } from './imageSet';

export interface CifarFormat {
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** Bytes before each picture: 1 in CIFAR-10, 2 in CIFAR-100, whose second is the class. */
  readonly labelBytes?: number;
  /** Sides of the pictures; 32 by default. */
  readonly size?: number;
}

/**
 * Reads a file in the binary format of CIFAR: for each picture its label, then all red values, all green, all blue, row by row.
 *
 * @param name names the file in errors
 * @throws Failure where the file is empty or ends within a picture, or a label names no class; it names the offset
 */
export function parseCifar(
  bytes: Uint8Array,
  name: string,
  { classes, labelBytes = 1, size = 32 }: CifarFormat,
): ImageSet {
  const area = size * size;
  const record = labelBytes + 3 * area;
  const count = Math.floor(bytes.length / record);
  const rest = bytes.length - count * record;
  if (rest > 0) {
    const end = `the file ends ${rest} bytes into picture ${count + 1}`;
    throw new Failure(`${name}: at offset ${bytes.length}: ${end}, which takes ${record}`);
  }
  if (count === 0) throw new Failure(`${name}: at offset 0: the file is empty`);

  const pixels = new Uint8Array(count * 3 * area);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const start = i * record + labelBytes;
    const label = bytes[start - 1]!;
    if (label >= classes.length) {
      const expected = `expected a label from 0 to ${classes.length - 1}`;
      throw new Failure(`${name}: at offset ${start - 1}: ${expected}, got ${label}`);
    }
    labels[i] = label;
    for (let channel = 0; channel < 3; channel++) {
      const plane = start + channel * area;
      for (let p = 0; p < area; p++) pixels[(i * area + p) * 3 + channel] = bytes[plane + p]!;
    }
  }
  return { count, height: size, width: size, channels: 3, classes, pixels, labels };
}

/** The bytes of a file in the format of CIFAR-10. */
export function encodeCifar(images: ImageSet): Uint8Array {
  const { count, channels, pixels, labels } = images;
  const size = sizeOf(images);
  const area = size / channels;
  const bytes = new Uint8Array(count * (1 + size));
  for (let i = 0; i < count; i++) {
    const start = i * (1 + size);
    bytes[start] = labels[i]!;
    for (let p = 0; p < area; p++) {
      for (let channel = 0; channel < channels; channel++)
        bytes[start + 1 + channel * area + p] = pixels[i * size + p * channels + channel]!;
    }
  }
  return bytes;
}
