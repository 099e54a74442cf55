import { util } from '@tensorflow/tfjs-core';
import type { Equation, Var } from '../../core/program';
import { planOf } from '../elementwise';
import type { Rows } from '../passes';
import { isSoftware } from './adapter';
import { dispatcher } from './dispatch';
import { stored as asStored, type Runner } from './loop';
import { print } from './printer';
import { COMBINING } from './reduction';

/** A value within rows: how its elements are computed, or where its one value for each row is. */
interface Value {
  readonly level: 'element' | 'row';
  readonly name: string;
  /** For an element, the statement that computes it, and the values that this reads. */
  readonly code?: string;
  readonly reads: readonly Value[];
}

/**
 * Rows as one dispatch: a few invocations share a row, go over its elements once for each reduction, and once more for what is stored. Inner
 * values are computed anew each time rather than kept.
 */
export function rowsRunner(equation: Equation): Runner {
  const { count, length } = equation.attrs.rows as Rows;
  // As many invocations for each row as it has elements, and as many rows as a workgroup then has room for.
  const threads = length > 128 && !isSoftware() ? 256 : 64;
  const lanes = isSoftware() ? 1 : Math.min(threads, 2 ** Math.ceil(Math.log2(length)));
  const { body, floats } = bodyOf(equation, lanes);
  const kernel = {
    name: 'rows',
    threads,
    declarations: lanes > 1 ? `var<workgroup> scratch : array<f32, ${threads}>;` : '',
    body: `
      let lane = t % ${lanes};
      let row = w * ${threads / lanes} + t / ${lanes};
      // Every invocation takes part in the reductions, also those beyond the last row.
      let r = min(row, uniforms.rows - 1);
      let first = t - lane;
      ${body}`,
  };
  const run = dispatcher(kernel)({
    outputs: equation.outputs,
    workgroups: Math.ceil((count * lanes) / threads),
    integers: { rows: count, columns: length },
    floats: Object.fromEntries(floats.map((value, i) => [`f${i}`, value])),
  });
  return ({ inputs, backend }) =>
    run(
      backend,
      equation.inputs.map((_, i) => inputs[i]!),
    );
}

function bodyOf({ inputs, outputs, attrs }: Equation, lanes: number): { body: string; floats: number[] } {
  const { members, count, length } = attrs.rows as Rows;
  const values = new Map<Var, Value>();
  const floats: number[] = [];
  const lines: string[] = [];
  let next = 0;
  const fresh = (): string => `v${next++}`;

  inputs.forEach(([, v], i) => {
    const name = fresh();
    const lead = util.sizeFromShape(v.shape.slice(0, -1) as number[]);
    const last = v.shape.at(-1) ?? 1;
    const isWide = last === length;
    const hasRows = lead === count && count > 1;
    const at = [...(hasRows ? [isWide ? 'r * uniforms.columns' : 'r'] : []), ...(isWide ? ['c'] : [])].join(
      ' + ',
    );
    // A truth is compared, a number converted: x<i> holds floats or integers, as tfjs left them.
    const element = `f32(x${i}[${at || 0}])`;
    const code = `let ${name} = ${v.dtype === 'bool' ? `${element} != 0.0` : element};`;
    if (isWide) values.set(v, { level: 'element', name, code, reads: [] });
    else {
      lines.push(code);
      values.set(v, { level: 'row', name, reads: [] });
    }
  });

  /** Code for these elements, each after what it reads. */
  const elements = (wanted: readonly Value[]): string => {
    const order = new Set<Value>();
    const add = (value: Value): void => {
      if (value.level === 'row' || order.has(value)) return;
      value.reads.forEach(add);
      order.add(value);
    };
    wanted.forEach(add);
    return [...order].map(({ code }) => code).join('\n');
  };
  const alongRow = (code: string): string =>
    `for (var c = lane; c < uniforms.columns; c += ${lanes}) {\n${code}\n}`;

  for (const member of members) {
    if (member.kernel === 'TractLoop') {
      const plan = planOf(member);
      const known = plan.inputs.map(({ value, kind }, i): Value => {
        if (value === undefined) return values.get(member.inputs[i]![1])!;
        const name = `uniforms.f${floats.push(value) - 1}`;
        return { level: 'row', name: kind === 't' ? `(${name} != 0.0)` : name, reads: [] };
      });
      plan.statements.forEach(({ expression }) => {
        const reads = operandsOf(expression).map((i) => known[i]!);
        const level = reads.some((value) => value.level === 'element') ? 'element' : 'row';
        const name = fresh();
        const code = `let ${name} = ${print(
          expression,
          known.map((value) => value.name),
        )};`;
        if (level === 'row') lines.push(code);
        known.push({ level, name, reads, ...(level === 'element' && { code }) });
      });
      member.outputs.forEach((v, i) => values.set(v, known[plan.inputs.length + plan.outputs[i]!]!));
    } else {
      const x = values.get(member.inputs[0]![1])!;
      const [output] = member.outputs as [Var];
      if (member.kernel === 'Reshape') {
        values.set(output, x);
        continue;
      }
      const name = fresh();
      const [neutral, combine] = COMBINING[member.kernel]!;
      lines.push(
        `var a${name} = ${neutral};`,
        alongRow(`${elements([x])}\na${name} = ${combine(`a${name}`, x.name)};`),
      );
      const mean = member.kernel === 'Mean' ? ' / f32(uniforms.columns)' : '';
      if (lanes > 1) {
        lines.push(`scratch[t] = a${name};`, 'workgroupBarrier();');
        for (let step = lanes / 2; step >= 1; step /= 2)
          lines.push(
            `if (lane < ${step}) { scratch[t] = ${combine('scratch[t]', `scratch[t + ${step}]`)}; }`,
            'workgroupBarrier();',
          );
        lines.push(`let ${name} = scratch[first]${mean};`, 'workgroupBarrier();');
      } else lines.push(`let ${name} = a${name}${mean};`);
      values.set(output, { level: 'row', name, reads: [] });
    }
  }

  const stored = outputs.map((v, i) => ({ value: values.get(v)!, dtype: v.dtype, shape: v.shape, i }));
  const store = ({ value, dtype, i }: (typeof stored)[0], at: string): string =>
    `r${i}[${at}] = ${asStored(value.name, dtype)};`;
  const wide = stored.filter(({ shape }) => util.sizeFromShape(shape as number[]) === count * length);
  const narrow = stored.filter((output) => !wide.includes(output));
  lines.push('if (row >= uniforms.rows) { return; }');
  if (wide.length > 0)
    lines.push(
      alongRow(
        [
          elements(wide.map(({ value }) => value)),
          ...wide.map((output) => store(output, 'r * uniforms.columns + c')),
        ].join('\n'),
      ),
    );
  if (narrow.length > 0)
    lines.push(`if (lane == 0) { ${narrow.map((output) => store(output, 'r')).join(' ')} }`);
  return { body: lines.join('\n'), floats };
}

function operandsOf(expression: Parameters<typeof print>[0]): number[] {
  return expression.op === 'operand' ? [expression.index] : expression.args.flatMap(operandsOf);
}
