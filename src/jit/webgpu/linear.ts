import { util, type NamedAttrMap } from '@tensorflow/tfjs-core';
import type { Equation, Var } from '../../core/program';
import { after, convAxes, type Axis as Window, type Padding } from '../../rules/convolution/geometry';
import { isChannelsFirst } from '../../rules/convolution/layout';
import { FILTER_GRADIENT, INPUT_GRADIENT } from '../../rules/convolution/primitives';
import type { Pass } from '../passes';
import { isApple, isSoftware } from './adapter';
import { axesOf, type Axis } from './axes';
import type { Contraction } from './contraction';

/** A call as a contraction of two operands, the first of them with zeros around it. */
interface Linear {
  readonly a: Var;
  readonly b: Var;
  readonly padding: Padding;
  readonly contraction: Contraction;
}

/** Calls of kernels as contractions, where they are some. */
export const LINEAR: Readonly<
  Record<string, (inputs: Record<string, Var>, attrs: Equation['attrs']) => Linear | undefined>
> = {
  BatchMatMul: ({ a, b }, { transposeA, transposeB }) => {
    const [leadA, leadB] = [a!, b!].map(({ shape }) => util.sizeFromShape(shape.slice(0, -2))) as [
      number,
      number,
    ];
    const [k, n] = [a!.shape.at(transposeA ? -2 : -1)!, a!.shape.at(transposeA ? -1 : -2)!];
    const m = b!.shape.at(transposeB ? -2 : -1)!;
    const stack = { size: Math.max(leadA, leadB), steps: [leadA > 1 ? n * k : 0, leadB > 1 ? k * m : 0] };
    const row = { size: n, steps: [transposeA ? 1 : k, 0] };
    // One b for all is one product of all their rows.
    const isOne = leadB === 1;
    return {
      a: a!,
      b: b!,
      padding: [],
      contraction: {
        stack: isOne ? [] : [stack],
        rows: isOne ? [stack, row] : [row],
        columns: [{ size: m, steps: [0, transposeB ? k : 1] }],
        sums: [{ size: k, steps: [transposeA ? n : 1, transposeB ? 1 : m] }],
      },
    };
  },
  // y[p] = sum over taps k of x[p * stride + k * dilation - before] w[k]
  Conv2D: ({ x, filter }, attrs) => {
    if (isChannelsFirst(attrs)) return undefined;
    const windows = convAxes(x!.shape, filter!.shape, attrs);
    const [h, w, c, m] = axesOf(filter!.shape) as [Axis, Axis, Axis, Axis];
    const padding = around(windows);
    const { positions, taps, channels } = strided(x!.shape, windows, padding);
    return {
      a: x!,
      b: filter!,
      padding,
      contraction: {
        stack: [],
        rows: ofA(positions),
        columns: [ofB(m)],
        sums: pairs([...taps, channels], [h, w, c]),
      },
    };
  },
  // dw[k] = sum over outputs p of x[p * stride + k * dilation - before]^T dy[p]
  [FILTER_GRADIENT]: ({ x, dy }, attrs) => {
    const windows = convAxes(x!.shape, attrs.filterShape, attrs);
    const [n, h, w, m] = axesOf(dy!.shape) as [Axis, Axis, Axis, Axis];
    const padding = around(windows);
    const { positions, taps, channels } = strided(x!.shape, windows, padding);
    return {
      a: x!,
      b: dy!,
      padding,
      contraction: {
        stack: [],
        rows: ofA([...taps, channels]),
        columns: [ofB(m)],
        sums: pairs(positions, [n, h, w]),
      },
    };
  },
  // dx[q] = sum over taps k with p * stride + k * dilation - before = q of dy[p] w[k]^T: with stride s the inputs q + before = s u + r see the taps
  // s t + r alone, of the outputs u - t * dilation. Each r, in both directions, is one of a stack.
  [INPUT_GRADIENT]: ({ dy, filter }, attrs) => {
    const windows = convAxes(attrs.inputShape, filter!.shape, attrs);
    const phases = windows.map(({ size, out, taps, stride, dilation, before }) => {
      const first = Math.floor(before / stride);
      const start = before - first * stride;
      const [inputs, own] = [Math.ceil((start + size) / stride), Math.ceil(taps / stride)];
      const margin: [number, number] = [
        Math.max(0, (own - 1) * dilation - first),
        Math.max(0, first + inputs - out),
      ];
      return { stride, dilation, inputs, taps: own, start, first: first + margin[0], margin };
    });
    const padding = phases.map(({ margin }) => margin);
    const [dys, dxs, ws] = [grown(dy!.shape, padding), attrs.inputShape, filter!.shape].map(axesOf) as [
      Axis[],
      Axis[],
      Axis[],
    ];
    const step = (axis: Axis | undefined): number => axis!.steps[0]!;
    const nowhere = [0, 0];
    /** Along one of space: how far a step goes in dy, in the filter and in dx, and from there the coordinates in dx and in the filter. */
    const along = (i: number, size: number, [p, k, q]: [number, number, number]): Axis => {
      const coordinates = [q, k].flatMap((n) => nowhere.map((_, j) => (i === j ? n : 0)));
      return { size, steps: [p * step(dys[1 + i]), k * step(ws[i]), q * step(dxs[1 + i]), ...coordinates] };
    };
    const beyond = (axes: readonly Axis[], key: 'first' | 'start', sign: number): number =>
      phases.reduce((sum, phase, i) => sum + sign * phase[key] * step(axes[1 + i]), 0);
    return {
      a: dy!,
      b: filter!,
      padding,
      contraction: {
        stack: phases.map(({ stride }, i) => along(i, stride, [0, 1, 1])),
        rows: [
          { size: dys[0]!.size, steps: [step(dys[0]), 0, step(dxs[0]), ...nowhere, ...nowhere] },
          ...phases.map(({ inputs, stride }, i) => along(i, inputs, [1, 0, stride])),
        ],
        columns: [ofB(ws[2]!)],
        sums: [
          ...phases.map(({ taps, stride, dilation }, i) => along(i, taps, [-dilation, stride, 0])),
          { size: ws[3]!.size, steps: [1, 1, 0, ...nowhere, ...nowhere] },
        ],
        starts: [beyond(dys, 'first', 1), 0, beyond(dxs, 'start', -1), ...phases.map(({ start }) => -start)],
        ...(windows.some(({ stride }) => stride > 1) && {
          scattered: { rows: windows.map(({ size }) => size), sums: windows.map(({ taps }) => taps) },
        }),
      },
    };
  },
};

/** Zeros that the windows see beside the image. */
const around = (windows: readonly Window[]): Padding =>
  windows.map((axis) => [axis.before, Math.max(0, after(axis))]);

export const paddingAttrs = (padding: Padding): NamedAttrMap => ({
  paddings: [[0, 0], ...padding, [0, 0]] as [number, number][],
  constantValue: 0,
});

/** The shape of an image with its padding. */
const grown = (shape: readonly number[], padding: Padding): number[] =>
  shape.map((n, i) => n + (padding[i - 1] ?? [0, 0]).reduce((sum, p) => sum + p));

/** An image with its padding: where each output's window begins, and where each tap lies in it. */
function strided(
  shape: readonly number[],
  windows: readonly Window[],
  padding: Padding,
): { positions: Axis[]; taps: Axis[]; channels: Axis } {
  const axes = axesOf(grown(shape, padding));
  const space = axes.slice(1, -1);
  const along = (size: number, by: number, { steps: [step] }: Axis): Axis => ({ size, steps: [by * step!] });
  return {
    positions: [axes[0]!, ...windows.map(({ out, stride }, i) => along(out, stride, space[i]!))],
    taps: windows.map(({ taps, dilation }, i) => along(taps, dilation, space[i]!)),
    channels: axes.at(-1)!,
  };
}

const ofA = (axes: readonly Axis[]): Axis[] =>
  axes.map(({ size, steps }) => ({ size, steps: [steps[0]!, 0] }));
const ofB = ({ size, steps }: Axis): Axis => ({ size, steps: [0, steps[0]!] });
const pairs = (a: readonly Axis[], b: readonly Axis[]): Axis[] =>
  a.map(({ size, steps }, i) => ({ size, steps: [steps[0]!, b[i]!.steps[0]!] }));

export const CONTRACTION = 'TractContraction';

/** Kernels of tfjs that share tiles of 32 by 32 in workgroup memory, where there are more of them than this. */
const TILED = new Set(['BatchMatMul', 'Conv2D']);
const TILES = 8;

/** Whether tfjs's kernel keeps a call: a large one on cards for which nobody has shown that ours is faster. */
const isTiled = ({ kernel, outputs }: Equation): boolean =>
  TILED.has(kernel) &&
  !isSoftware() &&
  !isApple() &&
  util.sizeFromShape([...outputs[0]!.shape]) > TILES * 32 * 32;

/** Products, convolutions and their gradients as contractions of floats. */
export const contractions: Pass = (program) => {
  const paddings = new Map<Var, Map<string, Var>>();
  const equations = program.equations.flatMap((equation): Equation[] => {
    const inputs = Object.fromEntries(equation.inputs);
    const all = [...Object.values(inputs), ...equation.outputs];
    if (
      !Object.hasOwn(LINEAR, equation.kernel) ||
      isTiled(equation) ||
      all.some(({ dtype, shape }) => dtype !== 'float32' || shape.includes(0))
    )
      return [equation];
    const linear = LINEAR[equation.kernel]!(inputs, equation.attrs);
    if (!linear) return [equation];
    const { a, b, padding, contraction } = linear;
    const before: Equation[] = [];
    let padded = a;
    if (padding.flat().some((n) => n > 0)) {
      const known = paddings.get(a) ?? new Map<string, Var>();
      paddings.set(a, known);
      const found = known.get(String(padding));
      padded = found ?? { shape: grown(a.shape, padding), dtype: a.dtype };
      if (!found) {
        known.set(String(padding), padded);
        const attrs = paddingAttrs(padding);
        before.push({
          kernel: 'PadV2',
          inputs: [['x', a]],
          list: false,
          attrs,
          outputs: [padded],
          many: false,
        });
      }
    }
    const named = [padded, b].map((v, i) => [String(i), v] as const);
    return [
      ...before,
      {
        kernel: CONTRACTION,
        inputs: named,
        list: true,
        attrs: { form: contraction },
        outputs: equation.outputs,
        many: true,
      },
    ];
  });
  return { ...program, equations };
};
