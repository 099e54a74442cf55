import { util } from '@tensorflow/tfjs-core';
import { arraysOf } from './kept';
import { valuesOf, write, type ScriptKernel } from './values';

/** A sum over axes that follow each other, without the transposition that the cpu backend's kernel begins with. */
export const sum: ScriptKernel = ({ inputs, attrs, outputs: [output] }, kept) => {
  const [[, x]] = inputs as [(typeof inputs)[0]];
  if (x.dtype !== 'float32' || output!.dtype !== 'float32') return undefined;
  const axes = util.parseAxisParam(attrs.axis as number[], x.shape as number[]).sort((i, j) => i - j);
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
  // In float64, in the order of the elements.
  const sums = new Float64Array(inner);

  return ({ inputs: given, backend }) => {
    const values = valuesOf(backend, given.x!);
    const out = make();
    for (let o = 0, at = 0; o < outer; o++) {
      if (inner === 1) {
        let total = 0;
        for (const end = at + count; at < end; at++) total += values[at]!;
        out[o] = total;
        continue;
      }
      sums.fill(0);
      for (let c = 0; c < count; c++) for (let i = 0; i < inner; i++) sums[i]! += values[at++]!;
      out.set(sums, o * inner);
    }
    return write(backend, out, shape, 'float32');
  };
};
