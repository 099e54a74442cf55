import { blocksIn, floatBytes } from './blocks';

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

const panelWidth = 8;
const panelBytes = panelWidth * floatBytes;
/** What copies of four floats write behind the end. */
const slack = 16;

/** How many inputs the outputs span along an axis. */
const span = ({ out, taps, stride, dilation }: ConvolutionAxis): number =>
  (out - 1) * stride + (taps - 1) * dilation + 1;

/** Whether some outputs read zeros beyond the image, so that it is copied with a margin. */
const isPadded = ({ axes }: Convolution): boolean =>
  axes.some((axis) => axis.before > 0 || span(axis) > axis.size);

const imagesBytes = (convolution: Convolution): number => {
  const [h, w] = convolution.axes;
  return isPadded(convolution) ? convolution.count * span(h) * span(w) * convolution.c * floatBytes : 0;
};

/** Bytes of room that a convolution needs. */
export function roomForConvolution(convolution: Convolution): number {
  const [h, w] = convolution.axes;
  return imagesBytes(convolution) + h.taps * w.taps * convolution.c * panelBytes + slack;
}

/**
 * y[p] = sum over taps k of x[p * stride + k * dilation - before] w[k], for a few positions and channels at a time in registers over the whole sum. The
 * filter is copied in panels of eight channels.
 */
export function convolve(memory: WebAssembly.Memory, convolution: Convolution, room: number): void {
  const { count, c, m, axes, filter, y } = convolution;
  const [h, w] = axes;
  const blocks = blocksIn(memory);
  const copied = isPadded(convolution);
  const row = (copied ? span(w) : w.size) * c * floatBytes;
  const image = (copied ? span(h) : h.size) * row;
  if (copied) copyWithMargin(memory, convolution, room, row, image);
  const images = copied ? room : convolution.x;
  const panel = room + imagesBytes(convolution);
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
        if (filter.transposed)
          blocks.transpose(to, panelBytes, tap + j * c * floatBytes, c * floatBytes, width, c);
        else blocks.copyQuads(to, panelBytes, tap + j * floatBytes, m * floatBytes, Math.ceil(width / 4), c);
      }
    }
    for (let i = 0; i < count; i++) {
      for (let p = 0; p < h.out; p++) {
        const from = { at: images + i * image + p * h.stride * row, ...steps };
        const to = { at: y.at + i * y.image + p * y.line + j * floatBytes, row: y.column };
        blocks.multiplyRows(sum, from, { at: panel, row: panelBytes }, to, w.out, width);
      }
    }
  }
}

function copyWithMargin(
  memory: WebAssembly.Memory,
  { x, count, c, axes: [h, w] }: Convolution,
  room: number,
  row: number,
  image: number,
): void {
  new Uint8Array(memory.buffer, room, count * image).fill(0);
  const line = w.size * c * floatBytes;
  const seen = Math.min(w.size, span(w) - w.before) * c * floatBytes;
  const lines = Math.min(h.size, span(h) - h.before);
  for (let i = 0; i < count; i++) {
    const to = room + i * image + h.before * row + w.before * c * floatBytes;
    blocksIn(memory).copyLines(to, row, x + i * h.size * line, line, seen, lines);
  }
}
