import { scalar, type Tensor } from '@tensorflow/tfjs-core';
import { caughtBy, intercepted } from '../core/dispatch';
import { withScope } from '../core/engine';
import type { Aval } from '../core/rule';
import { traceOf } from '../core/tracer';
import { readBy } from '../core/variables';
import { StageTrace } from '../interpreters/stage';
import type { Program, Var } from '../core/program';

/** A program together with what it keeps alive. */
export interface Captured {
  readonly program: Program;
  /** Constants that are tracers of transformations around the capture: the program means something only inside these. */
  readonly open: readonly Var[];
  dispose(): void;
}

export interface CaptureOptions {
  /** A backend: kernels that it lacks are written down as what replaces them. */
  readonly target?: string;
  /** Write down kernels on constants too, which otherwise run at once. */
  readonly all?: boolean;
}

/** Runs `body` on tracers without values and writes down what it does. */
export function capture(
  name: string,
  inputs: readonly Aval[],
  body: (tracers: Tensor[]) => Tensor[],
  { target, all = false }: CaptureOptions = {},
): Captured {
  return intercepted(() =>
    withScope(name, () => {
      const trace = new StageTrace(name, scalar(0), target);
      try {
        const tracers = inputs.map((aval) => trace.input(aval));
        const results = readBy(trace, () => (all ? caughtBy(trace, () => body(tracers)) : body(tracers)));
        const program = trace.program(results);
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
