import { reshape, transpose, type Tensor } from '@tensorflow/tfjs-core';

/** Folds the mapped axis into axis `axis` of the example, as its slower part: [B, ..., n, ...] -> [..., B n, ...]. */
export function mergeInto(value: Tensor, axis: number): Tensor {
  const [size, ...shape] = value.shape as [number, ...number[]];
  const axes = shape.map((_, i) => i + 1);
  const moved = axis === 0 ? value : transpose(value, [...axes.slice(0, axis), 0, ...axes.slice(axis)]);
  return reshape(
    moved,
    shape.map((n, i) => (i === axis ? size * n : n)),
  );
}

/** Undoes `mergeInto`: [..., B n, ...] -> [B, ..., n, ...]. */
export function splitFrom(value: Tensor, axis: number, size: number): Tensor {
  const shape = value.shape as number[];
  const apart = reshape(value, [
    ...shape.slice(0, axis),
    size,
    size === 0 ? 0 : shape[axis]! / size,
    ...shape.slice(axis + 1),
  ]);
  if (axis === 0) return apart;
  const axes = apart.shape.map((_, i) => i);
  return transpose(apart, [axis, ...axes.filter((i) => i !== axis)]);
}
