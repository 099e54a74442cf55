import { util } from '@tensorflow/tfjs-core';
import { namedPass, type OnePassAttrs } from '../../core/onePass';
import type { Equation, Program, Var } from '../../core/program';
import type { Pass } from '../passes/pass';

/** Adam, whose results in place of directions are parameters plus a rate times those. */
export const ADAM_UPDATE = namedPass('AdamUpdate');

/** Adam's directions times a rate, added to parameters, as one call: its op writes the parameters as it goes. */
export const adamUpdates: Pass = (program) =>
  program.equations
    .filter(({ kernel }) => kernel === namedPass('Adam'))
    .reduce((joined, adam) => withUpdate(joined, adam) ?? joined, program);

/** Undefined where anything else is done with a direction. */
function withUpdate(program: Program, adam: Equation): Program | undefined {
  const { count, trees, scalars } = adam.attrs as OnePassAttrs;
  const { equations } = program;
  const directions = adam.outputs.slice(0, count);
  const scaled = directions.map((d) => soleUser(program, d, 'Multiply'));
  const rate = scaled[0] && other(scaled[0], directions[0]!);
  if (!rate || rate.shape.length > 0) return undefined;
  const added = scaled.map((by, i) =>
    by && other(by, directions[i]!) === rate ? soleUser(program, by.outputs[0]!, 'Add') : undefined,
  );
  const params = added.map((by, i) => by && other(by, scaled[i]!.outputs[0]!));
  const isPlain = params.every(
    (p, i) =>
      p?.dtype === 'float32' && util.arraysEqual(p.shape as number[], directions[i]!.shape as number[]),
  );
  if (!isPlain) return undefined;
  // It goes where the first direction is read: what it needs has to be there by then, and nobody may have read the averages.
  const at = Math.min(...scaled.map((by) => equations.indexOf(by!)));
  const later = new Set(equations.slice(at).flatMap(({ outputs }) => outputs));
  const before = equations.slice(equations.indexOf(adam), at);
  const isRead = before.some(({ inputs }) => inputs.some(([, v]) => adam.outputs.includes(v)));
  const isOwn = [rate, ...params].some((v) => adam.outputs.includes(v!));
  if (isRead || isOwn || params.some((p) => later.has(p!))) return undefined;
  const given = adam.inputs.map(([, v]) => v);
  const inputs = [
    ...given.slice(0, count * trees),
    ...(params as Var[]),
    ...given.slice(count * trees),
    rate,
  ];
  const joined: Equation = {
    ...adam,
    kernel: ADAM_UPDATE,
    attrs: { ...adam.attrs, trees: trees + 1, scalars: [...scalars, null] },
    inputs: inputs.map((v, i) => [String(i), v] as const),
    outputs: [...added.map((by) => by!.outputs[0]!), ...adam.outputs.slice(count)],
  };
  const gone = new Set<Equation | undefined>([adam, ...scaled, ...added]);
  const left = equations.map((equation, i) => (i === at ? joined : equation));
  return { ...program, equations: left.filter((equation) => !gone.has(equation)) };
}

/** The only call that reads a value, if it is of this kernel. */
function soleUser({ equations, outputs }: Program, v: Var, kernel: string): Equation | undefined {
  const users = equations.filter(({ inputs }) => inputs.some(([, input]) => input === v));
  return users.length === 1 && users[0]!.kernel === kernel && !outputs.includes(v) ? users[0] : undefined;
}

/** The other operand; the value itself where it is both. */
const other = ({ inputs }: Equation, v: Var): Var => inputs[inputs[0]![1] === v ? 1 : 0]![1];
