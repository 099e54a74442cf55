import { fill, pad, reshape, slice, util, type Tensor } from '@tensorflow/tfjs-core';

/*
 * Padding and its transpose, slicing, at the lowest rank that will do: axes taken whole become part of the axis in front of them. wasm
 * slices in JavaScript, beyond rank 4 element by element, and its padding gives garbage beyond rank 6.
 */

/** Places in front of the inner part of an axis, the inner part, and places behind it. */
interface Extent {
  before: number;
  length: number;
  after: number;
}

/** `t` inside a tensor of shape `shape` that is `value` elsewhere, from `begin` on. */
export function padAround(t: Tensor, begin: readonly number[], shape: readonly number[], value = 0): Tensor {
  if (util.arraysEqual(t.shape, shape as number[])) return t;
  if (t.size === 0) return fill([...shape], value, t.dtype);
  const extents = merged(extentsOf(begin, t.shape, shape));
  const inner = reshape(
    t,
    extents.map(({ length }) => length),
  );
  const padded = pad(
    inner,
    extents.map(({ before, after }): [number, number] => [before, after]),
    value,
  );
  return reshape(padded, [...shape]);
}

/** The part of shape `shape` of `t`, from `begin` on. */
export function cutOut(t: Tensor, begin: readonly number[], shape: readonly number[]): Tensor {
  if (util.arraysEqual(t.shape, shape as number[])) return t;
  // tfjs's cpu backend can't slice some empty tensors.
  if (util.sizeFromShape([...shape]) === 0) return fill([...shape], t.dtype === 'string' ? '' : 0, t.dtype);
  const extents = merged(extentsOf(begin, shape, t.shape));
  const whole = reshape(
    t,
    extents.map(({ before, length, after }) => before + length + after),
  );
  const part = slice(
    whole,
    extents.map(({ before }) => before),
    extents.map(({ length }) => length),
  );
  return reshape(part, [...shape]);
}

function extentsOf(begin: readonly number[], inner: readonly number[], outer: readonly number[]): Extent[] {
  return outer.map((n, i) => ({
    before: begin[i]!,
    length: inner[i]!,
    after: n - begin[i]! - inner[i]!,
  }));
}

function merged(extents: readonly Extent[]): Extent[] {
  const result: Extent[] = [];
  for (const { before, length, after } of extents) {
    const outer = result.at(-1);
    if (outer && before === 0 && after === 0) {
      outer.before *= length;
      outer.length *= length;
      outer.after *= length;
    } else {
      result.push({ before, length, after });
    }
  }
  return result;
}
