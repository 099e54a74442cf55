import { scalar, type Tensor } from '@tensorflow/tfjs-core';
import { intercepted } from '../core/dispatch';
import { withScope } from '../core/engine';
import type { Aval } from '../core/rule';
import { traceOf } from '../core/tracer';
import { StageTrace } from '../interpreters/stage';
import type { Program, Var } from '../core/program';

/** A program together with what it keeps alive. */
export interface Captured {
  readonly program: Program;
  /** Constants that are tracers of transformations around the capture: the program means something only inside these. */
  readonly open: readonly Var[];
  dispose(): void;
}

/**
 * Runs `body` on tracers without values and writes down what it does.
 *
 * @param target a backend: kernels that it lacks are written down as what replaces them
 */
export function capture(
  name: string,
  inputs: readonly Aval[],
  body: (tracers: Tensor[]) => Tensor[],
  target?: string,
): Captured {
  return intercepted(() =>
    withScope(name, () => {
      const trace = new StageTrace(name, scalar(0), target);
      try {
        const program = trace.program(body(inputs.map((aval) => trace.input(aval))));
        trace.phase = 'closed';
        const open = [...program.constants].filter(([, t]) => traceOf(t) !== undefined).map(([v]) => v);
        return { program, open, dispose: () => trace.dispose() };
      } catch (error) {
        trace.dispose();
        throw error;
      }
    }),
  );
}
