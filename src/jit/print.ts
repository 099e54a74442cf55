import { describeAval } from '../core/errors';
import type { Program, Var } from '../core/program';
import type { Jitted } from './jitted';

/**
 * The program as text, in the form of JAX's jaxprs. Stable: names are given in order of appearance.
 *
 *     { lambda ; a:float32[3]. let
 *         b:float32[3] = Sin x=a
 *       in (b) }
 */
export function print({ inputs, constants, equations, outputs }: Program): string {
  const names = new Map<Var, string>();
  const name = (v: Var): string => {
    let n = names.get(v);
    if (n === undefined) names.set(v, (n = letters(names.size)));
    return n;
  };
  const typed = (v: Var): string => `${name(v)}:${describeAval(v)}`;
  const closed = [...constants.keys()].map(typed);
  const bound = inputs.map(typed);
  const lines = equations.map(({ kernel, inputs: args, attrs, outputs: outs }) => {
    const shown = args.map(([key, v]) => ` ${key}=${name(v)}`).join('');
    const given = Object.entries(attrs).filter(
      ([, value]) => value !== undefined && typeof value !== 'function',
    );
    const options = given.map(([key, value]) => `${key}=${printValue(value)}`).join(' ');
    return `    ${outs.map(typed).join(' ')} = ${kernel}${options && `[${options}]`}${shown}`;
  });
  return [
    `{ lambda ${closed.join(' ')} ; ${bound.join(' ')}. let`,
    ...lines,
    `  in (${outputs.map(name).join(', ')}) }`,
  ].join('\n');
}

/** Known by what it holds: its class would bring all that runs programs. */
const isJitted = (value: unknown): value is Jitted => value instanceof Object && 'program' in value;

/** An attribute. Programs are set in below the equation that carries them. */
function printValue(value: unknown): string {
  if (isJitted(value)) return `\n${indent(print(value.program))}\n    `;
  if (Array.isArray(value) && value.some(isJitted)) return value.map(printValue).join('');
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'number' && !Number.isFinite(part) ? String(part) : part,
  );
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}

function letters(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : letters(Math.floor(index / 26) - 1) + letter;
}
