import { mul, pad, reshape, slice, sum, transpose, util, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule, type Attrs } from '../core/rule';
import { matMulT } from './families/matMulT';

/** A tensor with a letter for each of its axes. */
interface Term {
  readonly t: Tensor;
  readonly axes: string;
}

// Sums of products are transpositions, diagonals, sums and matrix products: the operands are contracted from left to right.
defineRule('Einsum', {
  decompose: (tensors: Tensor[] | Record<string, Tensor>, { equation }: Attrs) => {
    const { operands, output } = parse(equation as string, Object.values(tensors));
    let rest = operands.map(diagonals);
    while (rest.length > 1) {
      const [first, second, ...others] = rest as [Term, Term, ...Term[]];
      rest = [contract(first, second, output + others.map(({ axes }) => axes).join('')), ...others];
    }
    return arrange(sumOthers(rest[0]!, output), output).t;
  },
});

/** Splits 'ij,jk->ik'. Without an arrow the output has the letters that occur once, in alphabetical order. */
function parse(equation: string, tensors: Tensor[]): { operands: Term[]; output: string } {
  const [left, right] = equation.replace(/\s/g, '').split('->') as [string, string | undefined];
  const terms = left.split(',');
  if (terms.length !== tensors.length || terms.some((axes, i) => axes.length !== tensors[i]!.rank)) {
    const shapes = tensors.map(({ shape }) => `[${shape.join(',')}]`).join(', ');
    throw new RangeError(`einsum: the equation '${equation}' does not fit operands of shape ${shapes}.`);
  }
  const letters = [...left].filter((c) => c !== ',');
  const once = letters.filter((c) => letters.indexOf(c) === letters.lastIndexOf(c));
  return {
    operands: terms.map((axes, i) => ({ t: tensors[i]!, axes })),
    output: right ?? once.sort().join(''),
  };
}

/** Replaces each pair of axes with the same letter by their diagonal. */
function diagonals({ t, axes }: Term): Term {
  const letter = [...axes].find((c, i) => axes.indexOf(c) !== i);
  if (letter === undefined) return { t, axes };
  const places = [...axes].map((_, i) => i);
  const [i, j] = places.filter((p) => axes[p] === letter) as [number, number];
  const others = places.filter((p) => p !== i && p !== j);
  const n = t.shape[i]!;
  const lead = others.map((p) => t.shape[p]!);
  // Entry (i, i) of an n x n matrix is entry i (n + 1) of its row-major list: the first column of rows of n + 1.
  const list = reshape(permute(t, [...others, i, j]), [-1, n * n]);
  const rows = reshape(pad(list, [[0, 0], [0, n]]), [-1, n, n + 1]); // prettier-ignore
  const diagonal = reshape(slice(rows, [0, 0, 0], [-1, n, 1]), [...lead, n]);
  return diagonals({ t: diagonal, axes: others.map((p) => axes[p]).join('') + letter });
}

/** The product of two terms, summed over the letters that nobody needs later. */
function contract(left: Term, right: Term, needed: string): Term {
  const a = sumOthers(left, needed + right.axes);
  const b = sumOthers(right, needed + left.axes);
  const shared = [...a.axes].filter((c) => b.axes.includes(c));
  const batch = shared.filter((c) => needed.includes(c)).join('');
  const summed = shared.filter((c) => !needed.includes(c)).join('');
  const freeA = [...a.axes].filter((c) => !shared.includes(c)).join('');
  const freeB = [...b.axes].filter((c) => !shared.includes(c)).join('');
  const axes = batch + freeA + freeB;
  const shape = [...axes].map((c) => lengthOf(c, a) ?? lengthOf(c, b)!);
  if (summed === '' || (freeA === '' && freeB === '')) {
    const left3 = reshape(arrange(a, batch + freeA + summed).t, [
      ...sizes(a, batch),
      ...sizes(a, freeA),
      ...[...freeB].map(() => 1),
      ...sizes(a, summed),
    ]);
    const right3 = reshape(arrange(b, batch + freeB + summed).t, [
      ...sizes(b, batch),
      ...[...freeA].map(() => 1),
      ...sizes(b, freeB),
      ...sizes(b, summed),
    ]);
    return sumOthers({ t: mul(left3, right3), axes: axes + summed }, needed);
  }
  // As the operands lie, if that is with the summed axes in front of or behind the free ones.
  const transposeA = a.axes === batch + summed + freeA;
  const transposeB = b.axes === batch + freeB + summed;
  const matrixA = matrices(
    a,
    batch,
    ...(transposeA ? ([summed, freeA] as const) : ([freeA, summed] as const)),
  );
  const matrixB = matrices(
    b,
    batch,
    ...(transposeB ? ([freeB, summed] as const) : ([summed, freeB] as const)),
  );
  return { t: reshape(matMulT(matrixA, matrixB, transposeA, transposeB), shape), axes };
}

function matrices(term: Term, batch: string, rows: string, columns: string): Tensor {
  const lead = batch === '' ? [] : [util.sizeFromShape(sizes(term, batch))];
  const { t } = arrange(term, batch + rows + columns);
  return reshape(t, [
    ...lead,
    util.sizeFromShape(sizes(term, rows)),
    util.sizeFromShape(sizes(term, columns)),
  ]);
}

/** Sums over the letters that are not among `kept`. */
function sumOthers({ t, axes }: Term, kept: string): Term {
  const gone = [...axes].map((_, i) => i).filter((i) => !kept.includes(axes[i]!));
  if (gone.length === 0) return { t, axes };
  return { t: sum(t, gone), axes: [...axes].filter((c) => kept.includes(c)).join('') };
}

/** The term with its axes in the order of `target`. */
function arrange({ t, axes }: Term, target: string): Term {
  return {
    t: permute(
      t,
      [...target].map((c) => axes.indexOf(c)),
    ),
    axes: target,
  };
}

function permute(t: Tensor, perm: number[]): Tensor {
  return perm.every((p, i) => p === i) ? t : transpose(t, perm);
}

function sizes(term: Term, letters: string): number[] {
  return [...letters].map((c) => lengthOf(c, term)!);
}

function lengthOf(letter: string, { t, axes }: Term): number | undefined {
  return t.shape[axes.indexOf(letter)];
}
