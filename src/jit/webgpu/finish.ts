import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Equation, Var } from '../../core/program';
import { planOf, type Loop } from '../elementwise';
import type { Pass } from '../passes';
import { contraction, type Contraction } from './contraction';
import { CONTRACTION } from './linear';
import { REDUCTION, reduction, type Reduction } from './reduction';
import { constantsOf, elementOf, steps, type Runner } from './loop';

export const SUMMING: ReadonlySet<string> = new Set([CONTRACTION, REDUCTION]);

/** What a contraction's or a reduction's equation carries. */
interface Summing {
  readonly form: Contraction | Reduction;
  /** What is done to each result, and which of the loop's inputs that is. Its other inputs follow the operands. */
  readonly loop?: Equation;
  readonly value?: Var;
}

/** A contraction or a reduction, with what is done to its results, as one dispatch. */
export function summingRunner({ kernel, inputs, outputs, attrs }: Equation): Runner {
  const { form, loop, value } = attrs as Summing;
  const own = inputs.length - (loop ? new Set(loop.inputs.map(([, v]) => v)).size - 1 : 0);
  const finish = loop && finishOf(loop, value!, own, outputs);
  const run =
    kernel === CONTRACTION
      ? contraction(form as Contraction, outputs, finish)
      : reduction(form as Reduction, outputs, finish);
  const keys = inputs.map((_, i) => i);
  return (call: { inputs: Record<number, TensorInfo>; backend: object }) =>
    run(
      call.backend,
      keys.map((i) => call.inputs[i]!),
    );
}

function finishOf(
  loop: Equation,
  value: Var,
  own: number,
  outputs: readonly Var[],
): Parameters<typeof contraction>[2] {
  const plan = planOf(loop);
  const others = loop.inputs.map(([, v]) => v).filter((v) => v !== value);
  const names = loop.inputs.map(([, v]) => (v === value ? undefined : `x${own + others.indexOf(v)}`));
  const lines = elementOf(
    plan,
    loop.outputs.map(({ dtype }) => dtype),
    (i, at) => (names[i] === undefined ? 'value' : `f32(${names[i]}[${at}])`),
  );
  if (outputs.length > loop.outputs.length) lines.push(`r${loop.outputs.length}[index] = value;`);
  return { code: lines.join('\n'), integers: steps(plan), floats: constantsOf(plan) };
}

/**
 * Contractions and reductions take in the loop that is the first to read their result, so that it is stored only where something else reads it too.
 *
 * @param buffers how many inputs and outputs a call may have in all
 */
export const finishes =
  (buffers: number): Pass =>
  (program) => {
    const { equations } = program;
    const results = new Set<Var>(program.outputs);
    const users = new Map<Var, number[]>();
    const makers = new Map<Var, number>();
    equations.forEach(({ inputs, outputs }, i) => {
      for (const [, v] of inputs) users.set(v, [...(users.get(v) ?? []), i]);
      for (const v of outputs) makers.set(v, i);
    });
    const next: (Equation | undefined)[] = [...equations];
    equations.forEach((equation, i) => {
      if (equation.kernel !== 'TractLoop') return;
      for (const [, value] of equation.inputs) {
        const made = makers.get(value);
        let maker = made === undefined ? undefined : next[made];
        let at = made;
        // A change of shape that alone reads the result leaves its elements where they are.
        if (maker?.kernel === 'Reshape') {
          const source = maker.inputs[0]![1];
          if (results.has(source) || users.get(source)!.length > 1) continue;
          at = makers.get(source);
          maker = at === undefined ? undefined : next[at];
        }
        if (!maker || !SUMMING.has(maker.kernel) || maker.attrs.loop) continue;
        const size = ({ shape }: { shape: readonly number[] }): number => util.sizeFromShape([...shape]);
        if (size(value) !== size(equation.attrs.loop as Loop) || users.get(value)!.some((user) => user < i))
          continue;
        const isKept = results.has(value) || users.get(value)!.some((user) => user > i);
        const others = new Set(equation.inputs.map(([, v]) => v).filter((v) => v !== value));
        const inputs = [...maker.inputs.map(([, v]) => v), ...others].map((v, k) => [String(k), v] as const);
        const outputs = [...equation.outputs, ...(isKept ? [value] : [])];
        if (inputs.length + outputs.length > buffers) continue;
        next[made!] = next[at!] = undefined;
        next[i] = { ...maker, inputs, outputs, attrs: { ...maker.attrs, loop: equation, value } };
        return;
      }
    });
    return { ...program, equations: next.filter((equation) => equation !== undefined) };
  };
