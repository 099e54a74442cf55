/** Pictures with the class of each, still as bytes: a batch becomes tensors only when it is needed. */
export interface ImageSet {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** [count, height, width, channels], 0 to 255 */
  readonly pixels: Uint8Array;
  /** [count], positions in `classes` */
  readonly labels: Uint8Array;
}

/** What a network learns from and what it is judged by. */
export interface Split {
  readonly training: ImageSet;
  readonly test: ImageSet;
}

/** Values of one picture. */
export const sizeOf = ({ height, width, channels }: ImageSet): number => height * width * channels;

/** The first `count` pictures, or all where there are fewer. */
export function firstOf(count: number, images: ImageSet): ImageSet {
  const n = Math.min(count, images.count);
  return {
    ...images,
    count: n,
    pixels: images.pixels.subarray(0, n * sizeOf(images)),
    labels: images.labels.subarray(0, n),
  };
}

/** One set after the other; they have the same size and classes. */
export function joined(parts: readonly ImageSet[]): ImageSet {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const [first] = parts;
  if (!first) throw new RangeError('joined: no image sets were given.');
  const pixels = new Uint8Array(total * sizeOf(first));
  const labels = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    pixels.set(part.pixels, at * sizeOf(first));
    labels.set(part.labels, at);
    at += part.count;
  }
  return { ...first, count: total, pixels, labels };
}
