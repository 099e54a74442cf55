import { loadCifar10, loadCifar100, loadCrops } from '../data/cifar';
import { firstOf, type Split } from '../data/imageSet';
import { loadDigits } from '../data/mnist';
import { loadPictureSplit } from '../data/pictureFolder';

export const DATASETS = ['mnist', 'cifar10', 'cifar100', 'crops', 'pictures'] as const;
export type DatasetName = (typeof DATASETS)[number];

export interface DataOptions {
  readonly data: DatasetName;
  readonly folder?: string;
  /** Side to which pictures are scaled. */
  readonly size: number;
  /** Pictures at most, of training and test each. */
  readonly limit?: number;
}

const FOLDERS = {
  cifar10: 'cifar-10-batches-bin',
  cifar100: 'cifar-100-binary',
  crops: '.cache/crops',
  pictures: 'pictures',
};

/** Reads a data set. */
export async function loadData({ data, folder, size, limit = Infinity }: DataOptions): Promise<Split> {
  const { training, test } = await read(data, folder, size);
  return { training: firstOf(limit, training), test: firstOf(limit, test) };
}

function read(data: DatasetName, folder: string | undefined, size: number): Promise<Split> {
  switch (data) {
    case 'mnist':
      return loadDigits(folder);
    case 'cifar10':
      return loadCifar10(folder ?? FOLDERS.cifar10);
    case 'cifar100':
      return loadCifar100(folder ?? FOLDERS.cifar100);
    case 'crops':
      return loadCrops(folder ?? FOLDERS.crops);
    case 'pictures':
      return loadPictureSplit(folder ?? FOLDERS.pictures, size);
  }
}
