import { join } from 'node:path';
import { type CifarFormat, parseCifar } from './cifarFile';
import { joined, type ImageSet, type Split } from './imageSet';
import { readBytes, readLines } from './readBytes';

const ADVICE = (archive: string): string =>
  `Unpack ${archive} (https://www.cs.toronto.edu/~kriz/cifar.html) there, or name its folder with --folder.`;

async function load(folder: string, files: string[], format: CifarFormat, advice: string): Promise<ImageSet> {
  const parts: ImageSet[] = [];
  for (const file of files) {
    const path = join(folder, file);
    parts.push(parseCifar(await readBytes(path, advice), path, format));
  }
  return joined(parts);
}

/** CIFAR-10 in its binary version: five files of training pictures and one of test pictures, 32 x 32 in ten classes. */
export async function loadCifar10(folder: string): Promise<Split> {
  const advice = ADVICE('cifar-10-binary.tar.gz');
  const format = { classes: await readLines(join(folder, 'batches.meta.txt'), advice) };
  const batches = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);
  return {
    training: await load(folder, batches, format, advice),
    test: await load(folder, ['test_batch.bin'], format, advice),
  };
}

/** CIFAR-100 in its binary version, by its hundred fine classes. */
export async function loadCifar100(folder: string): Promise<Split> {
  const advice = ADVICE('cifar-100-binary.tar.gz');
  const format = { classes: await readLines(join(folder, 'fine_label_names.txt'), advice), labelBytes: 2 };
  return {
    training: await load(folder, ['train.bin'], format, advice),
    test: await load(folder, ['test.bin'], format, advice),
  };
}

/** What examples/photos/crops.ts writes: train.bin and test.bin in the format of CIFAR-10, with the names of the classes in classes.txt. */
export async function loadCrops(folder: string): Promise<Split> {
  const advice = '`npm run crops -- PHOTOS FOLDER` cuts photographs into such a data set.';
  const format = { classes: await readLines(join(folder, 'classes.txt'), advice) };
  return {
    training: await load(folder, ['train.bin'], format, advice),
    test: await load(folder, ['test.bin'], format, advice),
  };
}
