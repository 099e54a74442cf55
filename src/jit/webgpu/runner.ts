import type { Equation } from '../../core/program';
import { SUMMING, summingRunner } from './finish';
import { loopRunner, type Runner } from './loop';
import { rowsRunner } from './rows';

/** How a call that passes for webgpu made runs; undefined for any other. */
export function runnerOnWebGPU(equation: Equation): Runner | undefined {
  if (equation.kernel === 'TractLoop') return loopRunner(equation);
  if (equation.kernel === 'TractRows') return rowsRunner(equation);
  return SUMMING.has(equation.kernel) ? summingRunner(equation) : undefined;
}
