import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { blocksIn } from '../../wasm/blocks';
import { floatBytes } from '../../wasm/bytes';
import { addressOf, allocate, memoryOf, withRoom } from '../../wasm/memory';
import { after, convAxes, extent, type Axis } from './geometry';

/** Positions that are summed in registers before the sum goes to memory: what they read stays in the first caches. */
const positionsAtOnce = (channels: number): number =>
  Math.max(32, Math.min(256, Math.round(8192 / channels)));

/** Images as the kernel reads them: the first, and how far apart images and rows lie, in floats. */
interface Images {
  at: number;
  image: number;
  row: number;
}

/**
 * dw[k] = sum over positions p of x[p * stride + k * dilation - before]^T dy[p], in the memory of the wasm backend: for each tap a product of x and dy as
 * they lie there. Only padding makes a copy, of few images at a time.
 */
export function filterGradientInPlace(
  x: TensorInfo,
  dy: TensorInfo,
  attrs: Attrs,
  backend: object,
): TensorInfo {
  const memory = memoryOf(backend)!;
  const { filterShape } = attrs as unknown as { filterShape: [number, number, number, number] };
  const [h, w] = convAxes(x.shape, filterShape, attrs) as [Axis, Axis];
  const [count, , , c] = x.shape as [number, number, number, number];
  const m = filterShape[3];
  const dw = allocate(backend, filterShape, 'float32');
  const [fromX, fromDy, toDw] = [x, dy, dw].map((t) => addressOf(backend, t)) as [number, number, number];
  if (util.sizeFromShape(dy.shape) === 0 || util.sizeFromShape(filterShape) === 0) {
    new Float32Array(memory.buffer, toDw, util.sizeFromShape(filterShape)).fill(0);
    return dw;
  }
  const blocks = blocksIn(memory);
  const positions = positionsAtOnce(Math.max(c, m));
  const lines = Math.min(h.out, Math.max(1, Math.round(positions / w.out)));
  const together = lines < h.out ? 1 : Math.max(1, Math.min(count, Math.round(positions / (h.out * w.out))));
  // Side by side in memory lie the channels of a tap, and, without dilation, those of the taps of a row.
  const joined = w.dilation === 1;
  const taps = Array.from({ length: joined ? 1 : w.taps }, (_, k) => k);
  const width = joined ? w.taps * c : c;

  const addImages = (images: Images, first: number, number: number): void => {
    for (let line = 0; line < h.out; line += lines) {
      const sum = { columns: w.out, lines: Math.min(lines, h.out - line), images: number };
      const right = { at: fromDy + (first * h.out + line) * w.out * m * floatBytes, row: m * floatBytes };
      for (let k = 0; k < h.taps; k++) {
        for (const l of taps) {
          const start = (line * h.stride + k * h.dilation) * images.row + l * w.dilation * c;
          blocks.multiply(
            sum,
            {
              at: images.at + start * floatBytes,
              column: w.stride * c * floatBytes,
              line: (h.stride * images.row - w.out * w.stride * c) * floatBytes,
              image: (images.image - sum.lines * h.stride * images.row) * floatBytes,
            },
            right,
            { at: toDw + (k * w.taps + l) * c * m * floatBytes, row: m * floatBytes },
            width,
            m,
            first > 0 || line > 0,
          );
        }
      }
    }
  };

  if ([h, w].every((axis) => axis.before === 0 && after(axis) <= 0)) {
    const image = h.size * w.size * c;
    for (let i = 0; i < count; i += together) {
      const images = { at: fromX + i * image * floatBytes, image, row: w.size * c };
      addImages(images, i, Math.min(together, count - i));
    }
    return dw;
  }
  const [rows, columns] = [h, w].map((axis) => (axis.out - 1) * axis.stride + extent(axis)) as [
    number,
    number,
  ];
  const row = columns * c;
  const image = rows * row;
  const bytes = together * image * floatBytes;
  withRoom(backend, bytes, (room) => {
    new Uint8Array(memory.buffer, room, bytes).fill(0);
    for (let i = 0; i < count; i += together) {
      const number = Math.min(together, count - i);
      for (let k = 0; k < number; k++) {
        blocks.copyLines(
          room + (k * image + h.before * row + w.before * c) * floatBytes,
          row * floatBytes,
          fromX + (i + k) * h.size * w.size * c * floatBytes,
          w.size * c * floatBytes,
          Math.min(w.size, columns - w.before) * c * floatBytes,
          Math.min(h.size, rows - h.before),
        );
      }
      addImages({ at: room, image, row }, i, number);
    }
  });
  return dw;
}
