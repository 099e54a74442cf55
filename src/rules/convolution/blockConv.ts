import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { provideInPlace, worksAlone } from '../../core/inPlace';
import type { Attrs, Aval, Named } from '../../core/rule';
import { floatBytes } from '../../wasm/bytes';
import { convolve, roomForConvolution, type Convolution } from '../../wasm/convolution';
import { addressOf, allocate, memoryOf, withRoom } from '../../wasm/memory';
import { convAxes, type Axis } from './geometry';
import { isChannelsFirst } from './layout';
import { INPUT_GRADIENT } from './primitives';

/** Conv2D by our own kernel, with the same attributes and channels last. */
export const BLOCK_CONV = 'BlockConv2D';

/** From this length of a patch on our own kernel is faster; below, tfjs's adds a bias and applies an activation under jit at no cost. */
const LONG_PATCH = 128;

/** Above, one convolution to all phases, which are then interleaved, is faster. */
const MANY_PHASES = 16;

const isFloat = (inputs: Named<Aval>): boolean =>
  Object.values(inputs).every(({ dtype, shape }) => dtype === 'float32' && shape.length === 4);

/** Whether our own kernel takes a call of Conv2D, and takes less time for it. */
export function isBlockConv(backend: string, { x, filter }: Named<Aval>, attrs: Attrs): boolean {
  const [kh, kw, c] = filter!.shape as [number, number, number];
  return (
    (backend === 'cpu' || kh * kw * c >= LONG_PATCH) &&
    !isChannelsFirst(attrs) &&
    worksAlone(backend) &&
    isFloat({ x: x!, filter: filter! })
  );
}

/** One axis of what the inputs q with the same (q + before) mod stride get: a convolution of dy. */
interface Phase {
  axis: Axis;
  /** The first of these inputs. */
  first: number;
  /** Which tap of the filter stands for tap k. */
  tap(k: number): number;
}

/**
 * With stride s the inputs q + before = s u + r of one phase r see only the taps s t + r, as dx[q] = sum_t dy[u - t] w[s t + r]^T. Undefined where that
 * is no such convolution: where strides and dilations mix, or the padding is longer than a window.
 */
function phases(axis: Axis): Phase[] | undefined {
  const { size, out, taps, stride: s, dilation, before } = axis;
  if (s > 1 && dilation > 1) return undefined;
  const found: Phase[] = [];
  for (let r = 0; r < s; r++) {
    const first = (((r - before) % s) + s) % s;
    const own = Math.ceil((taps - r) / s);
    if (own <= 0 || first >= size) continue;
    const margin = (own - 1) * dilation - (first + before - r) / s;
    if (margin < 0) return undefined;
    found.push({
      axis: { size: out, out: Math.ceil((size - first) / s), taps: own, stride: 1, dilation, before: margin },
      first,
      tap: (k) => s * (own - 1 - k) + r,
    });
  }
  return found;
}

/** Whether our own kernel takes a call of the input gradient. */
export function isBlockInputGradient(backend: string, { dy, filter }: Named<Aval>, attrs: Attrs): boolean {
  if (isChannelsFirst(attrs) || !worksAlone(backend) || !isFloat({ dy: dy!, filter: filter! })) return false;
  const axes = convAxes(attrs.inputShape, filter!.shape, attrs);
  const parts = axes.reduce((product, { stride }) => product * stride, 1);
  return parts <= MANY_PHASES && axes.every(phases);
}

/** Runs convolutions in the memory of the wasm backend, and gives their result, which is zero where none of them reaches. */
function compute(
  backend: object,
  shape: readonly number[],
  isWhole: boolean,
  convolutions: (y: number) => Convolution[],
): TensorInfo {
  const memory = memoryOf(backend)!;
  const y = allocate(backend, shape, 'float32');
  const size = util.sizeFromShape(shape as number[]);
  if (size === 0) return y;
  const at = addressOf(backend, y);
  const all = convolutions(at);
  if (!isWhole || all.some(({ c }) => c === 0)) new Float32Array(memory.buffer, at, size).fill(0);
  const parts = all.filter(({ c, axes }) => c > 0 && axes.every(({ out }) => out > 0));
  withRoom(backend, Math.max(0, ...parts.map(roomForConvolution)), (room) => {
    for (const part of parts) convolve(memory, part, room);
  });
  return y;
}

export function blockConv(x: TensorInfo, filter: TensorInfo, attrs: Attrs, backend: object): TensorInfo {
  const [h, w] = convAxes(x.shape, filter.shape, attrs) as [Axis, Axis];
  const [count, , , c] = x.shape as [number, number, number, number];
  const m = filter.shape[3]!;
  const column = m * floatBytes;
  const steps = { column, line: w.out * column, image: h.out * w.out * column };
  return compute(backend, [count, h.out, w.out, m], h.taps * w.taps > 0, (at) => [
    {
      x: addressOf(backend, x),
      count,
      c,
      m,
      axes: [h, w],
      filter: { at: addressOf(backend, filter), transposed: false, tap: (k, l) => k * w.taps + l },
      y: { at, ...steps },
    },
  ]);
}

function blockInputGradient(dy: TensorInfo, filter: TensorInfo, attrs: Attrs, backend: object): TensorInfo {
  const shape = attrs.inputShape as [number, number, number, number];
  const [h, w] = convAxes(shape, filter.shape, attrs) as [Axis, Axis];
  const [count, , , m] = shape;
  const column = m * floatBytes;
  const line = w.size * column;
  const isWhole = [h, w].every(({ taps, stride }) => taps >= stride);
  return compute(backend, shape, isWhole, (at) =>
    phases(h)!.flatMap((down) =>
      phases(w)!.map((right) => ({
        x: addressOf(backend, dy),
        count,
        c: filter.shape[3]!,
        m,
        axes: [down.axis, right.axis] as const,
        filter: {
          at: addressOf(backend, filter),
          transposed: true,
          tap: (k: number, l: number) => down.tap(k) * w.taps + right.tap(l),
        },
        y: {
          at: at + down.first * line + right.first * column,
          column: w.stride * column,
          line: h.stride * line,
          image: h.size * line,
        },
      })),
    ),
  );
}

provideInPlace(BLOCK_CONV, ({ x, filter }, attrs, backend) => blockConv(x!, filter!, attrs, backend));
provideInPlace(INPUT_GRADIENT, ({ dy, filter }, attrs, backend) =>
  blockInputGradient(dy!, filter!, attrs, backend),
);
