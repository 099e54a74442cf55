import { concat, expandDims, reshape, slice, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { withScope } from '../core/engine';
import { ruleOf, type Aval, type LoopCall } from '../core/rule';
import { evaluate } from '../interpreters/evaluate';
import type { ScanAttrs } from '../lax/primitives/scan';
import type { Part } from './roles';
import { measured, type Use } from './sharing';
import { packed, unpacked } from './statistic';
import type { TractTrace } from './trace';
import { within } from './within';

/*
 * A loop (lax.scan and what is built on it) stays one step of the program. Its body is captured, so what a tensor is to the trace (data, weight,
 * activation) is found by running the body on tensors without values. Where the carry is something else after the first step than before (zeros
 * at first, an activation then), such steps are written out before the loop, so that the definition of a first layer holds step by step.
 *
 * A use in the body is as many uses as there are steps. Its Gram matrix is the sum over them, which a loop of its own takes, of all that
 * depends on data alone. With it the body of tract runs again, and each step's gradient meets the A of all steps.
 */

type Parts = readonly (Part | undefined)[];

/** What the body of a loop is, for one step and every later one. */
interface Insight {
  readonly outputs: Parts;
  /** Shapes of the sums that its uses take, and whether the weight is another one in each step. */
  readonly sums: readonly (Aval & { readonly varies: boolean })[];
}

/** Runs a loop that depends on parameters, one level below the trace, with the gradients of first layers inside corrected. */
export function runLoop(
  trace: TractTrace,
  kernel: string,
  inputs: readonly Tensor[],
  given: Record<string, unknown>,
): Tensor[] {
  const attrs = given as unknown as ScanAttrs;
  const { body, constants, carries, length, reverse } = attrs;
  const { program } = body;
  const fixed = inputs.slice(0, constants);
  let carry = inputs.slice(constants, constants + carries);
  let xs = inputs.slice(constants + carries);
  const written: Tensor[][] = [];
  let insight = look(trace, attrs, fixed, carry, xs);
  let steps = length;
  while (
    steps > 0 &&
    !isSteady(
      carry.map((t) => trace.part(t)),
      insight.outputs,
    )
  ) {
    const at = reverse ? steps - 1 : 0;
    const rows = xs.map((x) => reshape(rowsOf(x, at, 1), x.shape.slice(1)));
    const results = evaluate(program, [...fixed, ...carry, ...rows]);
    carry = results.slice(0, carries);
    written.push(results.slice(carries));
    steps--;
    xs = xs.map((x) => rowsOf(x, reverse ? 0 : 1, steps));
    insight = look(trace, attrs, fixed, carry, xs);
  }

  const lower = (list: readonly Tensor[]): Tensor[] => list.map((t) => trace.output(t));
  const step = (at: Tensor[], row: Tensor[]): Tensor[] =>
    within(
      trace,
      inStep(trace, fixed, [...carry, ...xs], [...at, ...row]),
      (inner, tensors) => {
        const results = evaluate(program, tensors).map((t) => inner.output(t));
        if (trace.isSecond) trace.uses.push(...inner.uses);
        return results;
      },
      steps,
    );
  const sums = trace.isSecond ? [] : sumOverSteps(trace, attrs, fixed, carry, xs, steps, insight.sums);
  const results = ruleOf(kernel)!.withBody!(attrs, {
    length: steps,
    carry: lower(carry),
    xs: lower(xs),
    step,
  });
  for (const use of sums) trace.addUse(use);
  const outputs = results.map((t, i) => trace.as(trace.anew(insight.outputs[i]), t));
  if (written.length === 0) return outputs;
  return outputs.map((t, i) => {
    if (i < carries) return t;
    const ys = written.map((row) => expandDims(row[i - carries]!));
    return concat(reverse ? [t, ...ys.reverse()] : [...ys, t]);
  });
}

/** Rows of x. */
function rowsOf(x: Tensor, begin: number, size: number): Tensor {
  const rest = x.shape.slice(1);
  return slice(x, [begin, ...rest.map(() => 0)], [size, ...rest]);
}

function isSteady(before: Parts, after: Parts): boolean {
  return before.every((p, i) => p?.role === after[i]?.role);
}

/** The body's inputs for one step: its constants, and a carry and rows that are what those of the loop are. */
function inStep(
  trace: TractTrace,
  fixed: readonly Tensor[],
  like: readonly Tensor[],
  values: readonly Tensor[],
): [Part | undefined, Tensor][] {
  return [
    ...fixed.map((t): [Part | undefined, Tensor] => [trace.part(t), trace.output(t)]),
    ...like.map((t, i): [Part | undefined, Tensor] => [trace.anew(trace.part(t)), values[i]!]),
  ];
}

/** What the body makes of a carry like this one. */
function look(
  trace: TractTrace,
  attrs: ScanAttrs,
  fixed: readonly Tensor[],
  carry: readonly Tensor[],
  xs: readonly Tensor[],
): Insight {
  return withScope(trace.name, () => {
    let insight: Insight = { outputs: [], sums: [] };
    const { program } = attrs.body;
    ruleOf('Scan')!.withoutValues!(trace.name, program.inputs.slice(fixed.length), (values) =>
      within(trace, inStep(trace, fixed, [...carry, ...xs], values), (inner, tensors) => {
        insight = {
          outputs: evaluate(program, tensors).map((t) => inner.part(t)),
          sums: trace.isSecond ? [] : inner.uses.map(sumsOf),
        };
        return [];
      }),
    );
    return insight;
  });
}

function sumsOf(use: Use): Insight['sums'][number] {
  const { shape, dtype } = packed(measured([use], 1));
  return { shape, dtype, varies: use.weight.varies };
}

/** The uses in the body, with their sums over all steps: a loop of its own over what depends on data alone. */
function sumOverSteps(
  trace: TractTrace,
  attrs: ScanAttrs,
  fixed: readonly Tensor[],
  carry: readonly Tensor[],
  xs: readonly Tensor[],
  steps: number,
  sums: Insight['sums'],
): Use[] {
  if (sums.length === 0) return [];
  const isData = (t: Tensor): boolean => trace.part(t) === undefined;
  const dataCarry = carry.filter(isData);
  const count = dataCarry.length;
  let found: { use: Use; rows: number }[] = [];
  const step: LoopCall['step'] = (state, row) => {
    const data = [...state.slice(0, count), ...row];
    let next = 0;
    // What is no data has no part in the sums, whatever its value.
    const values = [...carry, ...xs].map((t, i) =>
      isData(t) ? data[next++]! : zeros(i < carry.length ? t.shape : t.shape.slice(1), t.dtype as 'float32'),
    );
    return within(trace, inStep(trace, fixed, [...carry, ...xs], values), (inner, tensors) => {
      const outputs = evaluate(attrs.body.program, tensors);
      found = [];
      const moved = carry.flatMap((t, i) => (isData(t) ? [inner.output(outputs[i]!)] : []));
      const after = inner.uses.map((use, i) => {
        const statistic = measured([use], trace.options.sample, unpacked(state[count + i]!, 0));
        use.weight.varies = sums[i]!.varies;
        found.push({ use, rows: statistic.rows });
        return packed(statistic);
      });
      return [...moved, ...after];
    });
  };
  const results = ruleOf('Scan')!.withBody!(attrs, {
    length: steps,
    carry: [...dataCarry, ...sums.map(({ shape }) => zeros(shape as number[]))],
    xs: xs.filter(isData),
    step,
  });
  return found.map(({ use, rows }, i): Use => ({
    ...use,
    b: use.weight.varies ? use.b : use.b * steps,
    kept: { sums: trace.holdings.hold(results[count + i]!), rows: rows * steps },
  }));
}
