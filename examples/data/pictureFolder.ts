import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../shared/failure';
import type { ImageSet, Split } from './imageSet';
import { decode } from './picture';
import { prefetch } from './prefetch';

const PICTURE = /\.(jpe?g|png|webp|tiff?|gif|avif)$/i;

/** How many pictures are decoded at once. */
const AHEAD = 8;

/**
 * A folder of pictures with a folder for each class, in alphabetical order; each picture is scaled to cover `size` x `size` and cut at the centre.
 *
 * @throws Failure where there is no class or a class has no picture, or a picture can't be decoded; it names the file
 */
export async function loadPictures(folder: string, size: number): Promise<ImageSet> {
  const classes = await entries(folder, (path) => stat(path).then((found) => found.isDirectory()));
  if (classes.length < 2 || classes.length > 256)
    throw new Failure(`${folder}: expected 2 to 256 folders, one for each class, found ${classes.length}.`);
  const files: { path: string; label: number }[] = [];
  for (const [label, name] of classes.entries()) {
    const pictures = await entries(join(folder, name), (path) => PICTURE.test(path));
    if (pictures.length === 0) throw new Failure(`${join(folder, name)}: there is no picture in it.`);
    files.push(...pictures.map((file) => ({ path: join(folder, name, file), label })));
  }
  const pixels = new Uint8Array(files.length * size * size * 3);
  const tasks = files.map(
    ({ path }) =>
      () =>
        decode(path, { cover: size }),
  );
  let at = 0;
  for await (const picture of prefetch(tasks, AHEAD)) {
    pixels.set(picture.pixels, at);
    at += picture.pixels.length;
  }
  return {
    count: files.length,
    height: size,
    width: size,
    channels: 3,
    classes,
    pixels,
    labels: Uint8Array.from(files, ({ label }) => label),
  };
}

/** A folder with `train` and `test` in it, each with a folder for each class. */
export async function loadPictureSplit(folder: string, size: number): Promise<Split> {
  const training = await loadPictures(join(folder, 'train'), size);
  const test = await loadPictures(join(folder, 'test'), size);
  if (training.classes.join('\n') !== test.classes.join('\n'))
    throw new Failure(`${folder}: train and test have folders of other names.`);
  return { training, test };
}

async function entries(
  folder: string,
  wanted: (path: string) => boolean | Promise<boolean>,
): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(`${folder}: can't be read (${error.code ?? error.message}).`);
  });
  const keep = await Promise.all(names.map((name) => wanted(join(folder, name))));
  return names.filter((_, i) => keep[i]).sort();
}
