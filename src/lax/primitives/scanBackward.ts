import { add, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import type { Program } from '../../core/program';
import { isDifferentiable } from '../../core/rule';
import { evaluate } from '../../interpreters/evaluate';
import { capture } from '../../jit/capture';
import { Jitted } from '../../jit/jitted';
import { open, type Opened } from './open';
import type { ScanAttrs } from './scan';
import type { LoopResiduals } from './scanResiduals';

/** One step of the backward loop. */
export interface BackwardStep {
  /** Takes constants of its own, then of `backward`, invariant residuals and inputs; cotangents of the carry, sums; xs, stacked residuals, cotangents of ys. */
  readonly body: Jitted;
  readonly constants: Tensor[];
  /** The carry, by position, that has cotangents. */
  readonly liveCarries: readonly number[];
  /** Constants, by position, whose cotangents are summed up, and xs that have cotangents. */
  readonly sums: readonly number[];
  readonly liveXs: readonly number[];
  /** Outputs of the step besides the carry through which cotangents come in. */
  readonly liveYs: readonly number[];
  dispose(): void;
}

/**
 * @param live     which inputs of the body are differentiated
 * @param found    for each of these whether it has a cotangent at all
 * @param backward cotangents of those that have one, from residuals and cotangents of all differentiable outputs
 */
export function backwardStep(
  { body, constants, carries }: Pick<ScanAttrs, 'body' | 'constants' | 'carries'>,
  live: readonly boolean[],
  found: readonly boolean[],
  { program: backward, constants: closed }: Opened,
  residuals: LoopResiduals,
): BackwardStep {
  const { inputs, outputs } = body.program;
  const first = constants + carries;
  const leaves = live.flatMap((flag, i) => (flag ? [i] : []));
  const reached = leaves.filter((_, k) => found[k]);
  const sums = reached.filter((i) => i < constants);
  const liveXs = reached.filter((i) => i >= first);
  const liveCarries = leaves.filter((i) => i >= constants && i < first).map((i) => i - constants);
  const liveOutputs = outputs.flatMap((v, i) => (isDifferentiable(v) ? [i] : []));
  const liveYs = liveOutputs.filter((i) => i >= carries);

  const fixed = [...residuals.invariant, ...residuals.inputs];
  const perStep = [...residuals.xs, ...residuals.stacked];
  const closedVars = backward.inputs.slice(0, closed.length);
  const captured = capture(
    body.name,
    [
      ...closedVars,
      ...fixed,
      ...liveCarries.map((i) => outputs[i]!),
      ...sums.map((i) => inputs[i]!),
      ...perStep,
      ...liveYs.map((i) => outputs[i]!),
    ],
    (tracers) => {
      let next = 0;
      const take = <K>(keys: readonly K[]): Map<K, Tensor> =>
        new Map(keys.map((key) => [key, tracers[next++]!]));
      const constantsGiven = take(closedVars);
      const fixedGiven = take(fixed);
      const carried = take(liveCarries);
      const summed = take(sums);
      const stepGiven = take(perStep);
      const along = take(liveYs);
      const pulled = evaluate(backward, [
        ...constantsGiven.values(),
        ...residuals.all.map((v) => (fixedGiven.get(v) ?? stepGiven.get(v))!),
        // A carry without a live input has no way back: its cotangent is read by nothing.
        ...liveOutputs.map((i) => (i < carries ? carried : along).get(i)!),
      ]);
      const cts = new Map(reached.map((i, k) => [i, pulled[k]!]));
      return [
        ...liveCarries.map((i) => cts.get(constants + i) ?? zerosLike(carried.get(i)!)),
        ...sums.map((i) => add(summed.get(i)!, cts.get(i)!)),
        ...liveXs.map((i) => cts.get(i)!),
      ];
    },
  );
  const opened = open(captured.program);
  return {
    body: new Jitted(body.name, opened.program),
    constants: opened.constants,
    liveCarries,
    sums,
    liveXs,
    liveYs,
    dispose: () => captured.dispose(),
  };
}

/** A program's further results, computed once. */
export function compute(
  name: string,
  program: Program,
  outputs: Program['outputs'],
  inputs: Tensor[],
): Tensor[] {
  if (outputs.length === 0) return [];
  const once = new Jitted(name, { ...program, outputs });
  const values = once.call(inputs);
  once.dispose();
  return values;
}
