/*
 * Kernels are faster at lower rank, and those of wasm that go through XNNPACK (arithmetic, padding) print a complaint and give garbage
 * beyond rank 6.
 */
export const XNNPACK_RANK = 6;

/**
 * Shapes that broadcast against each other, with neighbouring axes made one where each operand keeps both or repeats both.
 *
 * @param shapes each like the whole, with ones where it is repeated; leading ones may be left out
 * @param whole  what they broadcast to
 * @returns the shapes, without leading ones, and the whole
 */
export function mergeAxes(
  shapes: readonly (readonly number[])[],
  whole: readonly number[],
): [shapes: number[][], whole: number[]] {
  const merged: number[][] = shapes.map(() => []);
  const all: number[] = [];
  let last: string | undefined;
  whole.forEach((n, axis) => {
    if (n === 1) return;
    const lengths = shapes.map((shape) => shape[axis - whole.length + shape.length] ?? 1);
    const kept = lengths.map((length) => length === n).join();
    for (const [list, length] of [...merged.map((m, i) => [m, lengths[i]!] as const), [all, n] as const])
      list.push(kept === last ? list.pop()! * length : length);
    last = kept;
  });
  const withoutLeadingOnes = (shape: number[]): number[] => {
    const first = shape.findIndex((n) => n !== 1);
    return first < 0 ? [] : shape.slice(first);
  };
  return [merged.map(withoutLeadingOnes), all];
}
