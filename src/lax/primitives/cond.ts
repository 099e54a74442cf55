import { equal, reshape, scalar, where, type Tensor } from '@tensorflow/tfjs-core';
import { engine } from '../../core/engine';
import { runKernel } from '../../core/kernel';
import { defineRule, type BareKernel, type BatchCall, type Rematerialised } from '../../core/rule';
import { traceOf } from '../../core/tracer';
import { evaluate } from '../../interpreters/evaluate';
import { capture } from '../../jit/capture';
import { deviceOf, readsAtOnce } from '../../jit/device';
import { Jitted } from '../../jit/jitted';
import { broadcastLike } from '../../rules/families/broadcast';
import { withBatch } from '../../rules/families/batching';
import { differentiateCond, pushCondForward } from './condDerivatives';
import { dependents } from './dependence';
import { open } from './open';
import { unified } from './unified';

/** The primitive 'Cond'. Inputs: the index of a branch as an int32 scalar, then the operands, which all branches take. */
export interface CondAttrs {
  readonly branches: readonly Jitted[];
}

export function condKernel(index: Tensor, operands: Tensor[], branches: readonly Jitted[]): Tensor[] {
  return runKernel<Tensor[]>('Cond', [index, ...operands], { branches });
}

function bind({ branches }: CondAttrs, backendName: string): BareKernel | undefined {
  if (!readsAtOnce(backendName)) return undefined;
  const device = deviceOf(backendName);
  return ([index, ...operands]) => branches[device.read(index!)]!.bound(backendName)(operands);
}

/** The same choice between other branches. */
function withBranches(
  { branches }: CondAttrs,
  index: Tensor,
  operands: Tensor[],
  bodies: readonly Rematerialised[],
): Tensor[] {
  const captured = bodies.map((body, i) => capture(branches[i]!.name, operands, body));
  try {
    const { programs, constants } = unified(captured.map(({ program }) => open(program)));
    const list = programs.map((program, i) => new Jitted(branches[i]!.name, program));
    return condKernel(index, [...constants, ...operands], list);
  } finally {
    for (const { dispose } of captured) dispose();
  }
}

/** All branches, and a choice among their results. */
function select(index: Tensor, results: readonly Tensor[][]): Tensor[] {
  return results[0]!.map((first, k) =>
    results.slice(1).reduce((chosen, outputs, i) => {
      const hit = equal(index, scalar(i + 1, 'int32'));
      const other = outputs[k]!;
      const lead = reshape(hit, [...hit.shape, ...new Array<number>(other.rank - hit.rank).fill(1)]);
      return where(broadcastLike(lead, other.shape), other, chosen);
    }, first),
  );
}

function batch({ inputs, size, attrs }: BatchCall): Tensor[] {
  const { branches } = attrs as CondAttrs;
  const [index, ...operands] = Object.values(inputs) as [
    BatchCall['inputs'][string],
    ...BatchCall['inputs'][string][],
  ];
  const mapped = operands.map(({ batched }) => batched);
  const values = operands.map(({ value }) => value);
  const placed = branches[0]!.program.outputs.map(
    (_, k) =>
      index.batched ||
      branches.some(({ program }) =>
        dependents(
          program,
          program.inputs.filter((_, i) => mapped[i]),
        ).has(program.outputs[k]!),
      ),
  );
  const wholes = unified(branches.map((branch) => open(branch.batched(size, mapped, placed).program)));
  const all = [...wholes.constants, ...values];
  // Kernel by kernel where all run: as primitives they would keep what their derivatives are captured with.
  const results = index.batched
    ? select(
        index.value,
        wholes.programs.map((program) => evaluate(program, all)),
      )
    : condKernel(
        index.value,
        all,
        wholes.programs.map((program, i) => new Jitted(branches[i]!.name, program)),
      );
  for (const branch of branches) branch.dispose();
  return results.map((value, k) => withBatch({ value, batched: placed[k]! }, size));
}

defineRule('Cond', {
  polyfill: ([index, ...operands]: [Tensor, ...Tensor[]], given) => {
    const { branches } = given as CondAttrs;
    const { backendName } = engine();
    try {
      if (readsAtOnce(backendName)) return branches[index.dataSync()[0]!]!.run(operands);
      // Captured tensors have no data that a bound program could run on: the kernels are captured one by one.
      const isTraced = operands.some((t) => traceOf(t) !== undefined);
      return select(
        index,
        branches.map((branch) => (isTraced ? evaluate(branch.program, operands) : branch.run(operands))),
      );
    } finally {
      for (const branch of branches) branch.dispose();
    }
  },
  bind: (attrs, backendName) => bind(attrs as CondAttrs, backendName),
  shape: ({ attrs }) => (attrs as CondAttrs).branches[0]!.program.outputs.slice(),
  withBranches: (attrs, ...call) => withBranches(attrs as CondAttrs, ...call),
  batch,
  pushForward: (inputs, tangents, attrs) =>
    pushCondForward(inputs, tangents, (attrs as CondAttrs).branches, condKernel),
  differentiate: (inputs, attrs, wanted) =>
    differentiateCond(inputs, (attrs as CondAttrs).branches, wanted, condKernel),
});
