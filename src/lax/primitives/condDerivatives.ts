import { clone, zeros, type Tensor } from '@tensorflow/tfjs-core';
import type { Equation, Program } from '../../core/program';
import { isDifferentiable, type Augmented } from '../../core/rule';
import { Jitted } from '../../jit/jitted';
import { carriesDerivative, dependents } from './dependence';
import { open } from './open';
import { BranchResiduals, zero } from './branchResiduals';
import { unified } from './unified';

type Cond = (index: Tensor, operands: Tensor[], branches: readonly Jitted[]) => Tensor[];

/** Forward mode: each branch carries tangents along. */
export function pushCondForward(
  [index, ...operands]: Tensor[],
  [, ...tangents]: (Tensor | null)[],
  branches: readonly Jitted[],
  cond: Cond,
): { outputs: Tensor[]; tangents: (Tensor | null)[] } {
  const moving = tangents.map((t) => t !== null);
  const { programs, constants } = unified(branches.map((branch) => open(branch.jvp(moving).program)));
  const results = cond(
    index!,
    [...constants, ...operands, ...tangents.filter((t) => t !== null)],
    programs.map((program, i) => new Jitted(branches[i]!.name, program)),
  );
  const moved = branches[0]!.program.outputs.map((_, k) =>
    branches.some(({ program }) =>
      dependents(
        program,
        program.inputs.filter((_, i) => moving[i]),
        carriesDerivative,
      ).has(program.outputs[k]!),
    ),
  );
  for (const branch of branches) branch.dispose();
  const count = moved.length;
  return {
    outputs: results.slice(0, count),
    tangents: moved.map((flag, k) => (flag ? results[count + k]! : null)),
  };
}

/** Reverse mode: each branch gives what its pullback reads, zeros in place of what the others' read; a choice of pullbacks goes back. */
export function differentiateCond(
  [index, ...operands]: Tensor[],
  branches: readonly Jitted[],
  [, ...wanted]: boolean[],
  cond: Cond,
): Augmented {
  const live = wanted.map((flag, i) => flag && isDifferentiable(operands[i]!));
  const leaves = live.flatMap((flag, i) => (flag ? [i] : []));
  const count = branches[0]!.program.outputs.length;
  const derived = branches.map((branch) => branch.vjp(live));
  const forward = unified(derived.map(({ forward }) => open(forward.program)));
  const backward = unified(derived.map(({ backward }) => open(backward.program)));
  const given = [...forward.constants, ...operands];
  const slots = new BranchResiduals(forward.programs, count);

  const results = cond(
    index!,
    given,
    forward.programs.map((program, b) => new Jitted(branches[b]!.name, slots.given(program, b))),
  );
  const reached = leaves.filter((_, k) => derived.some(({ found }) => found[k]));
  const pullbacks = backward.programs.map(
    (program, b) =>
      new Jitted(
        branches[b]!.name,
        withZeros(
          slots.taken(program, b, backward.constants.length),
          leaves.filter((_, k) => derived[b]!.found[k]),
          reached,
          operands,
        ),
      ),
  );
  const residuals = [
    clone(index!),
    ...backward.constants.map((t) => clone(t)),
    ...slots.positions.map((i) => given[i]!),
    ...results.slice(count),
  ];
  for (const branch of branches) branch.dispose();
  const outputs = results.slice(0, count);
  const shapes = outputs.map(({ shape }) => shape);
  const differentiable = outputs.map(isDifferentiable);
  return {
    outputs,
    residuals,
    pullback: ([chosen, ...kept], cts) => {
      const given = cts.map((ct, i) => ct ?? zeros(shapes[i]!)).filter((_, i) => differentiable[i]);
      const found = cond(chosen!, [...kept, ...given], pullbacks);
      return [null, ...operands.map((_, i) => found[reached.indexOf(i)] ?? null)];
    },
  };
}

/** A backward branch that gives a cotangent for each operand that has one in some branch. */
function withZeros(
  program: Program,
  found: readonly number[],
  reached: readonly number[],
  operands: readonly Tensor[],
): Program {
  const padding: Equation[] = [];
  const outputs = reached.map((i) => program.outputs[found.indexOf(i)] ?? zero(operands[i]!, padding));
  return { ...program, equations: [...program.equations, ...padding], outputs };
}
