import { any, reshape, where, type Tensor } from '@tensorflow/tfjs-core';
import type { BatchCall } from '../../core/rule';
import { evaluate } from '../../interpreters/evaluate';
import { capture } from '../../jit/capture';
import { Jitted } from '../../jit/jitted';
import { broadcastLike } from '../../rules/families/broadcast';
import { withBatch } from '../../rules/families/batching';
import { dependents } from './dependence';
import { open } from './open';
import type { WhileAttrs } from './while';
import { spread } from './whileFlow';

type While = (inputs: Tensor[], attrs: WhileAttrs) => Tensor[];

/**
 * Where all examples share the condition, a loop over whole batches. Else the loop goes on until all are done, and those that are keep
 * their carry.
 */
export function batchWhile({ inputs, size, attrs }: BatchCall, run: While): Tensor[] {
  const given = attrs as WhileAttrs;
  const { condition, body, constants } = given;
  const [c, b] = constants;
  const list = Object.values(inputs);
  const flags = list.map(({ batched }) => batched);
  let carryFlags = spread(given, flags);
  const testFlags = [...flags.slice(0, c), ...carryFlags];
  const { program: test } = condition;
  const apart = dependents(
    test,
    test.inputs.filter((_, i) => testFlags[i]),
  ).has(test.outputs[0]!);
  if (apart) carryFlags = carryFlags.map(() => true);
  const values = list.map((input, i) =>
    i >= c + b && carryFlags[i - c - b] ? withBatch(input, size) : input.value,
  );
  const testWhole = open(condition.batched(size, [...flags.slice(0, c), ...carryFlags], [apart]).program);
  const bodyWhole = open(body.batched(size, [...flags.slice(c, c + b), ...carryFlags], carryFlags).program);
  const [testConstants, bodyConstants, carry] = [
    [...testWhole.constants, ...values.slice(0, c)],
    [...bodyWhole.constants, ...values.slice(c, c + b)],
    values.slice(c + b),
  ];
  const results = apart
    ? maskedLoop(run, given, testWhole.program, bodyWhole.program, testConstants, bodyConstants, carry)
    : run([...testConstants, ...bodyConstants, ...carry], {
        condition: new Jitted(condition.name, testWhole.program),
        body: new Jitted(body.name, bodyWhole.program),
        constants: [testConstants.length, bodyConstants.length],
      });
  condition.dispose();
  body.dispose();
  return results.map((value, i) => withBatch({ value, batched: carryFlags[i]! }, size));
}

function maskedLoop(
  run: While,
  { condition, body }: WhileAttrs,
  test: Jitted['program'],
  step: Jitted['program'],
  testConstants: Tensor[],
  bodyConstants: Tensor[],
  carry: Tensor[],
): Tensor[] {
  const [t, s] = [testConstants.length, bodyConstants.length];
  const someGoOn = capture(condition.name, test.inputs, (xs) => [reshape(any(evaluate(test, xs)[0]!), [])]);
  const next = capture(
    body.name,
    [...test.inputs.slice(0, t), ...step.inputs.slice(0, s), ...step.inputs.slice(s)],
    (xs) => {
      const before = xs.slice(t + s);
      const [goesOn] = evaluate(test, [...xs.slice(0, t), ...before]);
      return evaluate(step, xs.slice(t)).map((after, i) => keepDone(goesOn!, after, before[i]!));
    },
  );
  const [opened, openedNext] = [open(someGoOn.program), open(next.program)];
  const results = run(
    [
      ...opened.constants,
      ...testConstants,
      ...openedNext.constants,
      ...testConstants,
      ...bodyConstants,
      ...carry,
    ],
    {
      condition: new Jitted(condition.name, opened.program),
      body: new Jitted(body.name, openedNext.program),
      constants: [opened.constants.length + t, openedNext.constants.length + t + s],
    },
  );
  someGoOn.dispose();
  next.dispose();
  return results;
}

function keepDone(goesOn: Tensor, after: Tensor, before: Tensor): Tensor {
  const lead = reshape(goesOn, [...goesOn.shape, ...new Array<number>(after.rank - 1).fill(1)]);
  return where(broadcastLike(lead, after.shape), after, before);
}
