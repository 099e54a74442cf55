import { readFile } from 'node:fs/promises';
import { Failure } from '../shared/failure';

/** @throws Failure that names the file and what would bring it */
export async function readBytes(file: string, remedy = ''): Promise<Uint8Array> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(`${file}: can't be read (${error.code ?? error.message}).${remedy && ` ${remedy}`}`);
  });
}

/** The lines of a text file that are not empty. */
export async function readLines(file: string, remedy?: string): Promise<string[]> {
  const text = new TextDecoder().decode(await readBytes(file, remedy));
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
