import { add, matMul, tanh, zeros } from '@tensorflow/tfjs-core';
import type { Layer, Nothing } from '../layer';
import { recurrent, type RecurrentOptions, type RecurrentParams } from './recurrent';

/**
 * h' = tanh(x W + h U + b) (Elman: Finding structure in time, 1990): [length, n] to [length, units].
 *
 * @returns a layer with the parameters `{ input: [n, units], recurrent: [units, units], bias: [units] }`
 * @example
 * ```ts
 * rnn(32).init(random.key(0), [20, 8]).outputShape; // [20, 32]
 * ```
 */
export function rnn(units: number, options: RecurrentOptions = {}): Layer<RecurrentParams, Nothing> {
  return recurrent<RecurrentParams>(
    'rnn',
    units,
    {
      gates: 1,
      carries: 1,
      biases: () => ({ bias: zeros([units]) }),
      step: (p, x, [h]) => [tanh(add(x, matMul(h!, p.recurrent)))],
    },
    options,
  );
}
