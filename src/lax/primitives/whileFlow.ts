import { fixpoint, type carriesDerivative } from './dependence';
import type { WhileAttrs } from './while';

/** Which of the carry depend on flagged constants of the body and carries. */
export function spread(
  { body, constants: [c, b] }: WhileAttrs,
  flags: readonly boolean[],
  passes?: typeof carriesDerivative,
): boolean[] {
  const carries = body.program.outputs.length;
  return fixpoint(body.program, flags.slice(c), b, carries, passes).outputs;
}
