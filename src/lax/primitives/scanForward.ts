import { zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { Jitted } from '../../jit/jitted';
import { carriesDerivative, fixpoint } from './dependence';
import { open } from './open';
import type { ScanAttrs } from './scan';

/** Forward mode: one loop that carries tangents along with primals. */
export function pushScanForward(
  inputs: Tensor[],
  tangents: (Tensor | null)[],
  attrs: ScanAttrs,
  scan: (inputs: Tensor[], attrs: ScanAttrs) => Tensor[],
): { outputs: Tensor[]; tangents: (Tensor | null)[] } {
  const { body, constants, carries } = attrs;
  const moving = fixpoint(
    body.program,
    tangents.map((t) => t !== null),
    constants,
    carries,
    carriesDerivative,
  );
  const { program, constants: closed } = open(body.jvp(moving.inputs).program);
  const count = inputs.length;
  const dual = program.inputs.slice(closed.length);
  const tangentInputs = new Map(
    moving.inputs.flatMap((flag, i) => (flag ? [i] : [])).map((i, k) => [i, dual[count + k]!]),
  );

  // Groups of inputs, constants, carry and xs, each primals first.
  const groups = [
    [0, constants],
    [constants, constants + carries],
    [constants + carries, count],
  ] as const;
  const within = ([from, to]: readonly [number, number]): number[] =>
    [...tangentInputs.keys()].filter((i) => i >= from && i < to);
  const outputs = body.program.outputs.length;
  const movingOutputs = (from: number, to: number): number[] =>
    moving.outputs.flatMap((flag, i) => (flag && i >= from && i < to ? [i] : []));
  const movingCarries = movingOutputs(0, carries);
  const movingYs = movingOutputs(carries, outputs);

  const results = scan(
    [
      ...closed,
      ...groups.flatMap((group) => [
        ...inputs.slice(...group),
        ...within(group).map((i) => tangents[i] ?? zerosLike(inputs[i]!)),
      ]),
    ],
    {
      ...attrs,
      body: new Jitted(body.name, {
        ...program,
        inputs: [
          ...program.inputs.slice(0, closed.length),
          ...groups.flatMap((group) => [
            ...dual.slice(...group),
            ...within(group).map((i) => tangentInputs.get(i)!),
          ]),
        ],
        outputs: [
          ...program.outputs.slice(0, carries),
          ...movingCarries.map((i) => program.outputs[outputs + i]!),
          ...program.outputs.slice(carries, outputs),
          ...movingYs.map((i) => program.outputs[outputs + i]!),
        ],
      }),
      constants: closed.length + constants + within(groups[0]).length,
      carries: carries + movingCarries.length,
    },
  );
  body.dispose();
  const found: (Tensor | null)[] = moving.outputs.map(() => null);
  movingCarries.forEach((i, k) => (found[i] = results[carries + k]!));
  const ys = carries + movingCarries.length;
  movingYs.forEach((i, k) => (found[i] = results[ys + outputs - carries + k]!));
  return {
    outputs: [...results.slice(0, carries), ...results.slice(ys, ys + outputs - carries)],
    tangents: found,
  };
}
