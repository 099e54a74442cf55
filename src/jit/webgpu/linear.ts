import { util } from '@tensorflow/tfjs-core';
import type { Equation, Var } from '../../core/program';
import { after, convAxes, extent, type Axis as Window, type Padding } from '../../rules/convolution/geometry';
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

const LINEAR: Readonly<
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
    const windows = windowsOf(x!.shape, filter!.shape, attrs);
    if (!windows) return undefined;
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
  Conv2DBackpropFilter: ({ x, dy }, attrs) => {
    const windows = windowsOf(x!.shape, attrs.filterShape, attrs);
    if (!windows) return undefined;
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
  // dx[q] = sum over taps k of dy[q + before - k * dilation] w[k]^T: the taps in reverse.
  Conv2DBackpropInput: ({ dy, filter }, attrs) => {
    const windows = windowsOf(attrs.inputShape, filter!.shape, attrs);
    if (!windows || windows.some(({ stride }) => stride > 1)) return undefined;
    const padding = windows.map((axis): [number, number] => {
      const before = extent(axis) - 1 - axis.before;
      return [before, axis.size + extent(axis) - 1 - axis.out - before];
    });
    if (padding.flat().some((n) => n < 0)) return undefined;
    const reversed = windows.map((axis) => ({ ...axis, out: axis.size }));
    const { positions, taps, channels } = strided(dy!.shape, reversed, padding);
    const [h, w, c, m] = axesOf(filter!.shape) as [Axis, Axis, Axis, Axis];
    const back = ({ size, steps: [step] }: Axis): Axis => ({ size, steps: [-step!] });
    return {
      a: dy!,
      b: filter!,
      padding,
      contraction: {
        stack: [],
        rows: ofA(positions),
        columns: [ofB(c)],
        sums: pairs([...taps, channels], [back(h), back(w), m]),
        start: (h.size - 1) * h.steps[0]! + (w.size - 1) * w.steps[0]!,
      },
    };
  },
};

function windowsOf(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: Equation['attrs'],
): Window[] | undefined {
  return attrs.dataFormat === 'NCHW' ? undefined : convAxes(inputShape, filterShape, attrs);
}

/** Zeros that the windows see beside the image. */
const around = (windows: readonly Window[]): Padding =>
  windows.map((axis) => [axis.before, Math.max(0, after(axis))]);

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
        const attrs = { paddings: [[0, 0], ...padding, [0, 0]], constantValue: 0 };
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
