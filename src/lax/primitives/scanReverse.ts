import { clone, zeros, type Tensor } from '@tensorflow/tfjs-core';
import type { Var } from '../../core/program';
import { isDifferentiable, type Augmented } from '../../core/rule';
import { Jitted } from '../../jit/jitted';
import { carriesDerivative, fixpoint } from './dependence';
import { open } from './open';
import type { ScanAttrs } from './scan';
import { backwardStep, compute } from './scanBackward';
import { loopResiduals } from './scanResiduals';

/**
 * Reverse mode: the loop once more, with what each step's pullback reads stacked as further ys; then a loop in the other direction that
 * carries the carry's cotangent and the sums of the constants' cotangents.
 */
export function differentiateScan(
  inputs: Tensor[],
  attrs: ScanAttrs,
  wanted: boolean[],
  scan: (inputs: Tensor[], attrs: ScanAttrs) => Tensor[],
): Augmented {
  const { body, constants, carries, length, reverse } = attrs;
  const count = body.program.outputs.length;
  const live = fixpoint(
    body.program,
    wanted.map((flag, i) => flag && isDifferentiable(inputs[i]!)),
    constants,
    carries,
    carriesDerivative,
  ).inputs;
  const derived = body.vjp(live);
  const forward = open(derived.forward.program);
  const backward = open(derived.backward.program);
  const fixed = forward.constants.length + constants;
  const residuals = loopResiduals(forward.program, count, fixed, carries);
  const step = backwardStep(attrs, live, derived.found, backward, residuals);

  const given = [...forward.constants, ...inputs];
  const results = scan(given, {
    ...attrs,
    body: new Jitted(body.name, {
      ...forward.program,
      outputs: [...forward.program.outputs.slice(0, count), ...residuals.stacked],
    }),
    constants: fixed,
  });
  const at = (v: Var): Tensor => given[forward.program.inputs.indexOf(v)]!;
  const same = [
    // Clones: these go with the body's programs.
    ...[...step.constants, ...backward.constants].map((t) => clone(t)),
    ...compute(body.name, forward.program, residuals.invariant, given),
    ...residuals.inputs.map(at),
  ];
  step.dispose();
  body.dispose();
  const outputs = results.slice(0, count);
  const shapes = [inputs, outputs].map((tensors) => tensors.map(({ shape }) => shape)) as [
    number[][],
    number[][],
  ];

  return {
    outputs,
    residuals: [...same, ...residuals.xs.map(at), ...results.slice(count)],
    pullback: (kept, cts) => {
      const { liveCarries, sums, liveXs, liveYs } = step;
      const ct = (i: number): Tensor => cts[i] ?? zeros(shapes[1][i]!);
      const found = scan(
        [
          ...kept.slice(0, same.length),
          ...liveCarries.map(ct),
          ...sums.map((i) => zeros(shapes[0][i]!)),
          ...kept.slice(same.length),
          ...liveYs.map(ct),
        ],
        {
          body: step.body,
          constants: same.length,
          carries: liveCarries.length + sums.length,
          length,
          reverse: !reverse,
        },
      );
      const pulled: (Tensor | null)[] = inputs.map(() => null);
      const order = [...liveCarries.map((i) => constants + i), ...sums, ...liveXs];
      order.forEach((i, k) => (pulled[i] = wanted[i] ? found[k]! : null));
      return pulled;
    },
  };
}
