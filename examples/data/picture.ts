import sharp from 'sharp';
import { Failure } from '../shared/failure';
import { readBytes } from './readBytes';

export interface Picture {
  readonly height: number;
  readonly width: number;
  /** [height, width, 3], 0 to 255 */
  readonly pixels: Uint8Array;
}

export interface DecodeOptions {
  /** Scales the picture to cover a square of this side, and cuts it at the centre. */
  readonly cover?: number;
  /** Scales the picture so that its shorter side has this many pixels. */
  readonly short?: number;
}

/**
 * A picture file in RGB, turned upright as its metadata say.
 *
 * @throws Failure where it is missing, cut off, or no picture; it names the file, and the offset where a file that is cut off ends
 */
export async function decode(file: string, { cover, short }: DecodeOptions = {}): Promise<Picture> {
  const bytes = await readBytes(file);
  let picture = sharp(bytes, { failOn: 'truncated' }).rotate().flatten().toColourspace('srgb').removeAlpha();
  if (cover !== undefined) picture = picture.resize(cover, cover, { fit: 'cover' });
  if (short !== undefined) picture = picture.resize(short, short, { fit: 'outside' });
  try {
    const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`it has ${info.channels} channels`);
    return { height: info.height, width: info.width, pixels: data };
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new Failure(`${file}: can't be decoded; read up to offset ${bytes.length}, its end: ${reason}`);
  }
}
