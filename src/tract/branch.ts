import { clone, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { ruleOf } from '../core/rule';
import { evaluate } from '../interpreters/evaluate';
import type { CondAttrs } from '../lax/primitives/cond';
import { isReadable } from './readable';
import { higher, type Part } from './roles';
import { measured, type Use } from './sharing';
import { packed } from './statistic';
import type { TractTrace } from './trace';
import { within } from './within';

/*
 * A choice between branches (lax.cond, lax.switch). Where its index can be read, the chosen branch runs as if it stood alone. In a capture, or for
 * examples that choose apart, all branches are there, and which rows count is not known: each use in a branch has an A of its own rows.
 */

/** Runs a choice that depends on parameters, with the gradients of first layers in the branches corrected. */
export function runBranch(
  trace: TractTrace,
  kernel: string,
  [index, ...operands]: readonly Tensor[],
  attrs: Record<string, unknown>,
): Tensor[] {
  const { branches } = attrs as unknown as CondAttrs;
  const chosen = trace.output(index!);
  if (isReadable(chosen))
    return evaluate(branches[chosen.dataSync()[0]!]!.program, operands).map((t) => clone(t));

  const parts: (Part | undefined)[] = [];
  const found: { use: Use; rows: number; shape: number[] }[] = [];
  const bodies = branches.map(({ program }) => (values: Tensor[]) => {
    const given = operands.map((t, i) => [trace.anew(trace.part(t)), values[i]!] as const);
    return within(
      trace,
      given,
      (inner, tensors) => {
        const outputs = evaluate(program, tensors);
        outputs.forEach((t, i) => (parts[i] = higher(parts[i], inner.part(t))));
        if (trace.isSecond) trace.uses.push(...inner.uses);
        else {
          for (const use of inner.uses) {
            const statistic = measured([use], 1);
            found.push({ use, rows: statistic.rows, shape: packed(statistic).shape });
          }
        }
        return outputs.map((t) => inner.output(t));
      },
      1 / branches.length,
    );
  });
  const lower = operands.map((t) => trace.output(t));
  const results = ruleOf(kernel)!.withBranches!(attrs, chosen, lower, bodies);
  // Its rows are not known, so that they count for no other use.
  for (const { use, rows, shape } of found)
    trace.addUse({ ...use, kept: { sums: trace.holdings.hold(zeros(shape)), rows } });
  return results.map((t, i) => trace.as(trace.anew(parts[i]), t));
}
