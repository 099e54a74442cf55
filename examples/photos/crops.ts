import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { encodeCifar } from '../data/cifarFile';
import { Failure } from '../shared/failure';
import { runProgram } from '../shared/program';
import { wholeNumber, positive } from '../shared/arguments';
import { cutPhotographs } from './cut';

const PICTURE = /\.(jpe?g|png|webp|tiff?)$/i;

interface Options {
  training: number;
  test: number;
  size: number;
  short: number;
  cell: number;
  testShare: number;
  seed: string;
}

async function main(photos: string, out: string, options: Options): Promise<void> {
  const { size, cell, short, testShare } = options;
  if (cell < size || short < cell)
    throw new Failure(`Expected --size <= --cell <= --short, got ${size}, ${cell} and ${short}.`);
  if (testShare >= 1) throw new Failure(`--test-share must be below 1, got ${testShare}.`);
  const names = await readdir(photos).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(`${photos}: can't be read (${error.code ?? error.message}).`);
  });
  const files = names.filter((name) => PICTURE.test(name)).sort();
  if (files.length < 2 || files.length > 256)
    throw new Failure(`${photos}: expected 2 to 256 photographs, found ${files.length}.`);

  const { training, test } = await cutPhotographs(
    files.map((file) => join(photos, file)),
    options,
  );
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'train.bin'), encodeCifar(training));
  await writeFile(join(out, 'test.bin'), encodeCifar(test));
  await writeFile(join(out, 'classes.txt'), training.classes.map((name) => `${name}\n`).join(''));
  console.log(
    `${files.length} photographs: ${training.count} crops for training and ${test.count} for the test, ` +
      `${size} x ${size}, in ${out}`,
  );
}

runProgram(() =>
  new Command('crops')
    .description(
      'Cuts a folder of photographs into a data set in the format of CIFAR-10, one class for each photograph. Training and test crops come from ' +
        'different cells of the photograph, so that they share no pixel.',
    )
    .argument('<photos>', 'folder of photographs')
    .argument('<out>', 'folder for train.bin, test.bin and classes.txt')
    .option('--training <n>', 'training crops of each photograph', wholeNumber(1), 1200)
    .option('--test <n>', 'test crops of each photograph', wholeNumber(1), 100)
    .option('--size <n>', 'side of a crop', wholeNumber(1), 32)
    .option('--short <n>', 'the shorter side to which photographs are scaled first', wholeNumber(1), 512)
    .option('--cell <n>', 'side of the cells', wholeNumber(1), 64)
    .option('--test-share <x>', 'share of the cells for the test', positive, 0.2)
    .option('--seed <text>', 'decides cells and crops', '0')
    .showHelpAfterError('(--help lists the options)')
    .action(main),
);
