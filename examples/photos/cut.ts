import { basename, extname } from 'node:path';
import seedrandom from 'seedrandom';
import type { ImageSet, Split } from '../data/imageSet';
import { decode, type Picture } from '../data/picture';
import { prefetch } from '../data/prefetch';
import type { Uniform } from '../shared/chance';
import { type Cell, cells } from './cells';

export interface CutOptions {
  /** Side of a crop. */
  readonly size: number;
  /** The shorter side to which a photograph is scaled first. */
  readonly short: number;
  /** Side of the cells, the units in which a photograph is shared out between training and test. */
  readonly cell: number;
  /** Share of the cells for the test. */
  readonly testShare: number;
  /** Crops of each photograph. */
  readonly training: number;
  readonly test: number;
  readonly seed: string;
}

/** Crops of photographs, one class for each, from regions without a common pixel for training and test, in a random order. */
export async function cutPhotographs(files: readonly string[], options: CutOptions): Promise<Split> {
  const { size, short, cell, testShare, seed } = options;
  const classes = files.map((file) => basename(file, extname(file)));
  const empty = (count: number): ImageSet => ({
    ...{ count: count * files.length, height: size, width: size, channels: 3, classes },
    pixels: new Uint8Array(count * files.length * size * size * 3),
    labels: new Uint8Array(count * files.length),
  });
  const split = { training: empty(options.training), test: empty(options.test) };
  let label = 0;
  for await (const photo of prefetch(
    files.map((file) => () => decode(file, { short })),
    1,
  )) {
    const uniform = seedrandom(`${seed}: ${classes[label]}`);
    const regions = cells({ ...photo, name: files[label]! }, cell, testShare, uniform);
    // Every n-th place is this class's, so that any stretch of the file holds all classes alike.
    for (const part of ['training', 'test'] as const) {
      for (let i = 0; i < options[part]; i++) {
        const at = i * files.length + label;
        copyCrop(photo, regions[part], uniform, split[part], at);
        split[part].labels[at] = label;
      }
    }
    label += 1;
  }
  return split;
}

function copyCrop(
  photo: Picture,
  regions: readonly Cell[],
  uniform: Uniform,
  to: ImageSet,
  at: number,
): void {
  const size = to.height;
  const { top, left, side } = regions[Math.floor(uniform() * regions.length)]!;
  const within = (): number => Math.floor(uniform() * (side - size + 1));
  const [y, x] = [top + within(), left + within()];
  for (let row = 0; row < size; row++) {
    const start = ((y + row) * photo.width + x) * 3;
    to.pixels.set(photo.pixels.subarray(start, start + 3 * size), (at * size + row) * size * 3);
  }
}
