import { blocksIn, panelBytes, panelWidth } from './blocks';
import { floatBytes } from './bytes';

/** One spatial axis: output p reads inputs p * stride + k * dilation - before, for k in [0, taps); before >= 0. */
export interface ConvolutionAxis {
  readonly size: number;
  readonly out: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/** A convolution of images `[count, h, w, c]` at address x to m channels. */
export interface Convolution {
  readonly x: number;
  readonly count: number;
  readonly c: number;
  readonly m: number;
  readonly axes: readonly [ConvolutionAxis, ConvolutionAxis];
  /** A filter `[taps, c, m]`, or, transposed, `[taps, m, c]`, and which of its taps stands for tap (k, l). */
  readonly filter: { at: number; transposed: boolean; tap(k: number, l: number): number };
  /** Where the first output is, and how many bytes apart those of a row, the rows and the images are. */
  readonly y: { at: number; column: number; line: number; image: number };
}

/** How many inputs the outputs span along an axis. */
const span = ({ out, taps, stride, dilation }: ConvolutionAxis): number =>
  (out - 1) * stride + (taps - 1) * dilation + 1;

/** Images, and what windows see of them. */
export type Windows = Pick<Convolution, 'x' | 'count' | 'c' | 'axes'>;

/** Whether some outputs read zeros beyond the image, so that it is copied with a margin. */
const isPadded = ({ axes }: Windows): boolean =>
  axes.some((axis) => axis.before > 0 || span(axis) > axis.size);

/** Bytes of the copy. */
export function roomForImages(windows: Windows): number {
  const [h, w] = windows.axes;
  return isPadded(windows) ? windows.count * span(h) * span(w) * windows.c * floatBytes : 0;
}

/** Bytes of room that a convolution needs. */
export function roomForConvolution(convolution: Convolution): number {
  const [h, w] = convolution.axes;
  return roomForImages(convolution) + h.taps * w.taps * convolution.c * panelBytes;
}

/**
 * y[p] = sum over taps k of x[p * stride + k * dilation - before] w[k], for a few positions and channels at a time in registers over the whole sum. The
 * filter is copied in panels of eight channels.
 */
export function convolve(memory: WebAssembly.Memory, convolution: Convolution, room: number): void {
  const { count, c, m, axes, filter, y } = convolution;
  const [h, w] = axes;
  const blocks = blocksIn(memory);
  const { images, row, image } = imagesIn(memory, convolution, room);
  const panel = room + roomForImages(convolution);
  // Side by side in memory lie the channels of a tap, and, without dilation, those of the taps of a row.
  const joined = w.dilation === 1;
  const stretch = (joined ? w.taps : 1) * c;
  const sum = { columns: stretch, lines: joined ? h.taps : w.taps, images: joined ? 1 : h.taps };
  const [down, right] = [h.dilation * row, w.dilation * c * floatBytes];
  const steps = {
    column: w.stride * c * floatBytes,
    line: (joined ? down : right) - stretch * floatBytes,
    image: joined ? 0 : down - w.taps * right,
  };
  for (let j = 0; j < m; j += panelWidth) {
    const width = Math.min(panelWidth, m - j);
    for (let k = 0; k < h.taps; k++) {
      for (let l = 0; l < w.taps; l++) {
        const to = panel + (k * w.taps + l) * c * panelBytes;
        const tap = filter.at + filter.tap(k, l) * c * m * floatBytes;
        const [first, row] = filter.transposed ? [j * c, c] : [j, m];
        blocks.pack(to, tap + first * floatBytes, row * floatBytes, width, c, filter.transposed);
      }
    }
    for (let i = 0; i < count; i++) {
      for (let p = 0; p < h.out; p++) {
        const from = { at: images + i * image + p * h.stride * row, ...steps };
        const to = { at: y.at + i * y.image + p * y.line + j * floatBytes, row: y.column };
        blocks.multiplyRows(sum, from, { at: panel, row: panelBytes }, to, w.out, width, false);
      }
    }
  }
}

/** The images as windows see them, how many bytes their rows are long, and they themselves. */
function imagesIn(
  memory: WebAssembly.Memory,
  windows: Windows,
  room: number,
): { images: number; row: number; image: number } {
  const { x, count, c, axes } = windows;
  const [h, w] = axes;
  const line = w.size * c * floatBytes;
  if (!isPadded(windows)) return { images: x, row: line, image: h.size * line };
  const row = span(w) * c * floatBytes;
  const image = span(h) * row;
  new Uint8Array(memory.buffer, room, count * image).fill(0);
  const seen = Math.min(w.size, span(w) - w.before) * c * floatBytes;
  const lines = Math.min(h.size, span(h) - h.before);
  for (let i = 0; i < count; i++) {
    const to = room + i * image + h.before * row + w.before * c * floatBytes;
    blocksIn(memory).copyLines(to, row, x + i * h.size * line, line, seen, lines);
  }
  return { images: room, row, image };
}

/** Puts what each window sees at `to`: a row `[taps, c]` for each output. */
export function unfoldWindows(memory: WebAssembly.Memory, windows: Windows, to: number, room: number): void {
  const { count, c, axes } = windows;
  const [h, w] = axes;
  const { images, row, image } = imagesIn(memory, windows, room);
  const { copyQuads } = blocksIn(memory);
  const patch = h.taps * w.taps * c * floatBytes;
  // Without dilation the taps of a row lie side by side.
  const joined = w.dilation === 1;
  const length = (joined ? w.taps : 1) * c;
  for (let i = 0; i < count; i++)
    for (let p = 0; p < h.out; p++)
      for (let k = 0; k < h.taps; k++)
        for (let l = 0; l < (joined ? 1 : w.taps); l++)
          copyQuads(
            to + (i * h.out + p) * w.out * patch + (k * w.taps + l) * c * floatBytes,
            patch,
            images + i * image + (p * h.stride + k * h.dilation) * row + l * w.dilation * c * floatBytes,
            w.stride * c * floatBytes,
            Math.floor(length / 4),
            length % 4,
            w.out,
          );
}
