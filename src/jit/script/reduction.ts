import { util } from '@tensorflow/tfjs-core';
import { arraysOf } from './kept';
import { valuesOf, write, type ScriptKernel } from './values';

/** A reduction of numbers one by one: where it starts, how it goes on, and what becomes of the result of so many. */
interface Reduction {
  readonly start: number;
  readonly next: (before: number, x: number) => number;
  readonly end?: (result: number, count: number) => number;
}

const sum: Reduction = { start: 0, next: (before, x) => before + x };

/** NaN where there is one. */
const max: Reduction = {
  start: -Infinity,
  next: (before, x) => (before >= x || before !== before ? before : x),
};

const mean: Reduction = { ...sum, end: (total, count) => total / count };

/** Over axes that follow each other, without the transposition that the cpu backend's kernels begin with; in float64, in the order of the elements. */
const reduction =
  ({ start, next, end = (result) => result }: Reduction): ScriptKernel =>
  ({ inputs, attrs, outputs: [output] }, kept) => {
    const [[, x]] = inputs as [(typeof inputs)[0]];
    if (x.dtype !== 'float32' || output!.dtype !== 'float32') return undefined;
    const given = (attrs.axis ?? attrs.reductionIndices) as number[];
    const axes = util.parseAxisParam(given, x.shape as number[]).sort((i, j) => i - j);
    const first = axes[0] ?? x.shape.length;
    if (axes.some((axis, i) => axis !== first + i)) return undefined;
    const size = (from: number, to: number): number => util.sizeFromShape(x.shape.slice(from, to));
    const [outer, count, inner] = [
      size(0, first),
      size(first, first + axes.length),
      size(first + axes.length, x.shape.length),
    ];
    const { shape } = output!;
    const make = arraysOf('float32', outer * inner, kept.has(output!));
    const results = new Float64Array(inner);

    return ({ inputs: infos, backend }) => {
      const values = valuesOf(backend, infos.x!);
      const out = make();
      for (let o = 0, at = 0; o < outer; o++) {
        results.fill(start);
        for (let c = 0; c < count; c++)
          for (let i = 0; i < inner; i++) results[i] = next(results[i]!, values[at++]!);
        for (let i = 0; i < inner; i++) out[o * inner + i] = end(results[i]!, count);
      }
      return write(backend, out, shape, 'float32');
    };
  };

export const reductions: Record<string, ScriptKernel> = {
  Sum: reduction(sum),
  Mean: reduction(mean),
  Max: reduction(max),
};
