import { getKernel, registerKernel, util, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import { worksInPlace } from '../../core/inPlace';
import { provideKernels } from '../../core/ownKernels';
import type { Attrs, Aval, Named } from '../../core/rule';
import { blocksIn, floatBytes } from '../../wasm/blocks';
import { addressOf, allocate, memoryOf, withRoom } from '../../wasm/memory';
import { convAxes, extent, type Axis } from './geometry';
import { isChannelsFirst } from './layout';
import { INPUT_GRADIENT } from './primitives';

/** A two-dimensional convolution in the memory of the wasm backend. */
export interface BlockConv {
  /** `[n, h, w, c]` */
  x: TensorInfo;
  /** `[kh, kw, c, m]`, or, flipped, `[kh, kw, m, c]`. */
  filter: TensorInfo;
  /** Take the filter flipped in space, with its channels exchanged. */
  flipped: boolean;
  axes: readonly [Axis, Axis];
}

const panelWidth = 8;
const panelBytes = panelWidth * floatBytes;
const slack = 16;

/**
 * y[p] = sum over taps k of x[p * stride + k * dilation - before] w[k], for a few positions and channels at a time in registers over the whole sum. The
 * image is copied where it needs padding, the filter in panels of eight channels.
 */
export function blockConv({ x, filter, flipped, axes: [h, w] }: BlockConv, backend: object): TensorInfo {
  const memory = memoryOf(backend)!;
  const blocks = blocksIn(memory);
  const [count, , , c] = x.shape as [number, number, number, number];
  const m = filter.shape[flipped ? 2 : 3]!;
  const y = allocate(backend, [count, h.out, w.out, m], 'float32');
  if (util.sizeFromShape(y.shape) === 0) return y;
  const [fromX, fromFilter, toY] = [x, filter, y].map((t) => addressOf(backend, t)) as [
    number,
    number,
    number,
  ];
  const terms = h.taps * w.taps * c;
  if (terms === 0) {
    new Float32Array(memory.buffer, toY, util.sizeFromShape(y.shape)).fill(0);
    return y;
  }
  const needed = [h, w].map((axis) => (axis.out - 1) * axis.stride + extent(axis)) as [number, number];
  const isPadded = [h, w].some((axis, i) => axis.before > 0 || needed[i]! > axis.size);
  const [lines, columns] = isPadded ? needed : [h.size, w.size];
  const row = columns * c * floatBytes;
  const image = lines * row;
  const imageBytes = isPadded ? count * image : 0;
  withRoom(backend, imageBytes + terms * panelBytes + slack, (room) => {
    if (isPadded) pad(room);
    const images = isPadded ? room : fromX;
    const panel = room + imageBytes;
    // Side by side in memory lie the channels of a tap, and, without dilation, those of the taps of a row.
    const joined = w.dilation === 1;
    const stretch = (joined ? w.taps : 1) * c;
    const sum = { columns: stretch, lines: joined ? h.taps : w.taps, images: joined ? 1 : h.taps };
    const [down, right] = [h.dilation * row, w.dilation * c * floatBytes];
    const next = joined ? down : right;
    const from = {
      column: w.stride * c * floatBytes,
      line: next - stretch * floatBytes,
      image: joined ? 0 : down - w.taps * right,
    };
    for (let j = 0; j < m; j += panelWidth) {
      const width = Math.min(panelWidth, m - j);
      packFilter(panel, j, width);
      for (let i = 0; i < count; i++)
        for (let p = 0; p < h.out; p++)
          blocks.multiplyRows(
            sum,
            { at: images + i * image + p * h.stride * row, ...from },
            { at: panel, row: panelBytes },
            { at: toY + ((i * h.out + p) * w.out * m + j) * floatBytes, row: m * floatBytes },
            w.out,
            width,
          );
    }
  });
  return y;

  function pad(room: number): void {
    new Uint8Array(memory.buffer, room, imageBytes).fill(0);
    for (let i = 0; i < count; i++)
      blocks.copyLines(
        room + i * image + h.before * row + w.before * c * floatBytes,
        row,
        fromX + i * h.size * w.size * c * floatBytes,
        w.size * c * floatBytes,
        Math.min(w.size, columns - w.before) * c * floatBytes,
        Math.min(h.size, lines - h.before),
      );
  }

  /** Channels j to j + width of the result, one row for each entry of a patch. */
  function packFilter(to: number, j: number, width: number): void {
    if (!flipped) {
      const quads = Math.ceil(width / 4);
      blocks.copyQuads(to, panelBytes, fromFilter + j * floatBytes, m * floatBytes, quads, terms);
      return;
    }
    const taps = h.taps * w.taps;
    for (let k = 0; k < taps; k++)
      blocks.transpose(
        to + k * c * panelBytes,
        panelBytes,
        fromFilter + ((taps - 1 - k) * m + j) * c * floatBytes,
        c * floatBytes,
        width,
        c,
      );
  }
}

/** Conv2D by our own kernel, with the same attributes and channels last. */
export const BLOCK_CONV = 'BlockConv2D';

/** From this length of a patch on our own kernel is faster; below, tfjs's adds a bias and applies an activation under jit at no cost. */
const LONG_PATCH = 128;

const isFloat = (inputs: Named<Aval>): boolean =>
  Object.values(inputs).every(({ dtype, shape }) => dtype === 'float32' && shape.length === 4);

/** Whether our own kernel takes a call of Conv2D, and takes less time for it. */
export function isBlockConv(backend: string, { x, filter }: Named<Aval>, attrs: Attrs): boolean {
  const [kh, kw, c] = filter!.shape as [number, number, number];
  return (
    kh * kw * c >= LONG_PATCH &&
    !isChannelsFirst(attrs) &&
    worksInPlace(backend) &&
    isFloat({ x: x!, filter: filter! })
  );
}

/** The axes of the convolution of dy with the flipped filter that gives the input gradient. */
function axesOfGradient(inputShape: readonly number[], filter: Aval, attrs: Attrs): [Axis, Axis] | undefined {
  const axes = convAxes(inputShape, filter.shape, attrs);
  const turned = axes.map((axis) => ({
    ...axis,
    size: axis.out,
    out: axis.size,
    before: extent(axis) - 1 - axis.before,
  }));
  const fits = axes.every(({ stride }) => stride === 1) && turned.every(({ before }) => before >= 0);
  return fits ? (turned as [Axis, Axis]) : undefined;
}

/** Whether our own kernel takes a call of the input gradient: without strides it is a convolution. */
export function isBlockInputGradient(backend: string, { dy, filter }: Named<Aval>, attrs: Attrs): boolean {
  if (isChannelsFirst(attrs) || !worksInPlace(backend) || !isFloat({ dy: dy!, filter: filter! }))
    return false;
  return axesOfGradient(attrs.inputShape, filter!, attrs) !== undefined;
}

type Compute = (inputs: Record<string, TensorInfo>, attrs: Attrs) => BlockConv;

const kernel = (kernelName: string, compute: Compute): KernelConfig => ({
  kernelName,
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) =>
    blockConv(compute(inputs as Record<string, TensorInfo>, attrs as Attrs), backend as object),
});

const kernels: KernelConfig[] = [
  kernel(BLOCK_CONV, ({ x, filter }, attrs) => ({
    x: x!,
    filter: filter!,
    flipped: false,
    axes: convAxes(x!.shape, filter!.shape, attrs) as [Axis, Axis],
  })),
  kernel(INPUT_GRADIENT, ({ dy, filter }, attrs) => ({
    x: dy!,
    filter: filter!,
    flipped: true,
    axes: axesOfGradient(attrs.inputShape, filter!, attrs)!,
  })),
];

provideKernels((backendName) => {
  if (backendName !== 'wasm') return;
  for (const config of kernels) if (!getKernel(config.kernelName, 'wasm')) registerKernel(config);
});
