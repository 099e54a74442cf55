import {
  add,
  concat,
  fill,
  matMul,
  mul,
  sigmoid,
  split,
  tanh,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers } from '../../core/numbers';
import type { Layer, Nothing } from '../layer';
import { recurrent, recurrentDefaults, type RecurrentOptions, type RecurrentParams } from './recurrent';

/**
 * Long short-term memory: c' = f c + i g and h' = o tanh(c'), with the gates i, f, o = sigmoid(x W + h U + b) and g = tanh(...) (Hochreiter
 * and Schmidhuber 1997; Gers, Schmidhuber, Cummins 2000): [length, n] to [length, units].
 *
 * @param options `forgetBias`: first bias of the gate f, 1 by default (Jozefowicz, Zaremba, Sutskever 2015)
 * @returns a layer with the parameters `{ input: [n, 4 units], recurrent: [units, 4 units], bias: [4 units] }`, in the order i, f, g, o
 * @example
 * ```ts
 * sequential(lstm(32), takePosition(-1), dense(2)).init(random.key(0), [20, 8]).outputShape; // [2]
 * ```
 */
export function lstm(
  units: number,
  given: RecurrentOptions & { forgetBias?: number } = {},
): Layer<RecurrentParams, Nothing> {
  const { forgetBias, ...options } = withDefaults('lstm', given, { forgetBias: 1, ...recurrentDefaults() });
  checkNumbers('lstm', { forgetBias });
  return recurrent<RecurrentParams>(
    'lstm',
    units,
    {
      gates: 4,
      carries: 2,
      biases: () => ({ bias: concat([zeros([units]), fill([units], forgetBias), zeros([2 * units])]) }),
      step(p, x, [h, c]) {
        const z = add(x, matMul(h!, p.recurrent));
        const [i, f, g, o] = split(z, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
        const next = add(mul(sigmoid(f), c!), mul(sigmoid(i), tanh(g)));
        return [mul(sigmoid(o), tanh(next)), next];
      },
    },
    options,
  );
}
