import type { Expression, Primitive } from './expression';

export type Printer = (...args: string[]) => string;

export const infix =
  (operator: string): Printer =>
  (a, b) =>
    `${a} ${operator} ${b}`;

export const call =
  (name: string): Printer =>
  (...args) =>
    `${name}(${args.join(', ')})`;

/** Expressions as text, from the names of their operands: each primitive by its printer, in parentheses. */
export function printerOf(printers: Record<Primitive, Printer>, literal: (value: number) => string) {
  return function print(expression: Expression, names: readonly string[]): string {
    if (expression.op === 'operand') return names[expression.index]!;
    if (expression.op === 'constant') return literal(expression.value);
    return `(${printers[expression.op](...expression.args.map((arg) => print(arg, names)))})`;
  };
}
