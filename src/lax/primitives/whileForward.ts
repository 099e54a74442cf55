import { zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { Jitted } from '../../jit/jitted';
import { carriesDerivative } from './dependence';
import { open } from './open';
import type { WhileAttrs } from './while';
import { spread } from './whileFlow';

/** Forward mode: the loop carries tangents along; its condition does not see them. */
export function pushWhileForward(
  inputs: Tensor[],
  tangents: (Tensor | null)[],
  attrs: WhileAttrs,
  run: (inputs: Tensor[], attrs: WhileAttrs) => Tensor[],
): { outputs: Tensor[]; tangents: (Tensor | null)[] } {
  const { condition, body, constants } = attrs;
  const [c, b] = constants;
  const carries = body.program.outputs.length;
  const flags = tangents.map((t) => t !== null);
  const moving = spread(attrs, flags, carriesDerivative);
  const bodyFlags = [...flags.slice(c, c + b), ...moving];
  const { program, constants: closed } = open(body.jvp(bodyFlags).program);
  const along = bodyFlags.flatMap((flag, i) => (flag ? [i] : []));
  const movingConstants = along.filter((i) => i < b);
  const movingCarries = along.filter((i) => i >= b).map((i) => i - b);

  const first = closed.length;
  const primals = program.inputs.slice(first, first + b + carries);
  const tangentVars = program.inputs.slice(first + b + carries);
  const cut = movingConstants.length;
  const [testConstants, bodyConstants, carry] = [
    inputs.slice(0, c),
    inputs.slice(c, c + b),
    inputs.slice(c + b),
  ];
  const tangentOf = (i: number): Tensor => tangents[c + b + i] ?? zerosLike(carry[i]!);
  const results = run(
    [
      ...testConstants,
      ...closed,
      ...bodyConstants,
      ...movingConstants.map((i) => tangents[c + i]!),
      ...carry,
      ...movingCarries.map(tangentOf),
    ],
    {
      condition: new Jitted(condition.name, {
        ...condition.program,
        inputs: [...condition.program.inputs, ...tangentVars.slice(cut)],
      }),
      body: new Jitted(body.name, {
        ...program,
        inputs: [
          ...program.inputs.slice(0, first),
          ...primals.slice(0, b),
          ...tangentVars.slice(0, cut),
          ...primals.slice(b),
          ...tangentVars.slice(cut),
        ],
        outputs: [
          ...program.outputs.slice(0, carries),
          ...movingCarries.map((i) => program.outputs[carries + i]!),
        ],
      }),
      constants: [c, first + b + cut],
    },
  );
  body.dispose();
  const found: (Tensor | null)[] = carry.map(() => null);
  movingCarries.forEach((i, k) => (found[i] = results[carries + k]!));
  return { outputs: results.slice(0, carries), tangents: found };
}
