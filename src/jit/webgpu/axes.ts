/** One axis of an index: its length, and how far apart in each operand its neighbours lie. */
export interface Axis {
  readonly size: number;
  readonly steps: readonly number[];
}

/** The same index in as few axes as can be: two are one where going round the second moves every operand as a step of the first does. */
export function merged(axes: readonly Axis[]): Axis[] {
  const found: Axis[] = [];
  for (const axis of axes) {
    const last = found.at(-1);
    if (axis.size === 1) continue;
    if (last?.steps.every((step, i) => step === axis.steps[i]! * axis.size))
      found[found.length - 1] = { size: last.size * axis.size, steps: axis.steps };
    else found.push(axis);
  }
  return found;
}

export const sizeOf = (axes: readonly Axis[]): number =>
  axes.reduce((product, { size }) => product * size, 1);

/** The elements of a tensor, axis by axis. */
export function axesOf(shape: readonly number[]): Axis[] {
  let step = 1;
  return [...shape]
    .reverse()
    .map((size) => {
      const axis = { size, steps: [step] };
      step *= size;
      return axis;
    })
    .reverse();
}

/** WGSL functions NAME_0(index), NAME_1(index), ... that say where in each operand an index of these axes leads, and their uniforms. */
export function addressing(
  name: string,
  axes: readonly Axis[],
  operands: readonly number[],
): { code: string; integers: Record<string, number> } {
  const integers: Record<string, number> = {};
  const functions = operands.map((operand) => {
    const lines = axes.map(({ size, steps }, i) => {
      // The first axis is what is left of the index.
      const isFirst = i === 0;
      if (!isFirst) integers[`${name}${i}`] = size;
      integers[`${name}${i}_${operand}`] = steps[operand]!;
      const along = isFirst ? 'rest' : `(rest % uniforms.${name}${i})`;
      return `at += ${along} * uniforms.${name}${i}_${operand};${isFirst ? '' : ` rest /= uniforms.${name}${i};`}`;
    });
    return `fn ${name}_${operand}(index : i32) -> i32 { var rest = index; var at = 0; ${lines.reverse().join(' ')} return at; }`;
  });
  return { code: functions.join('\n'), integers };
}
