import { add, matMul, mul, sigmoid, split, sub, tanh, zeros, type Tensor } from '@tensorflow/tfjs-core';
import type { Layer, Nothing } from '../layer';
import { recurrent, type RecurrentOptions, type RecurrentParams } from './recurrent';

export interface GruParams extends RecurrentParams {
  /** [3 units], added to h U. */
  recurrentBias: Tensor;
}

/**
 * Gated recurrent unit: h' = (1 - z) a + z h with a = tanh(x Wa + b + r (h Ua + b')), and r, z = sigmoid(x W + h U + b + b') (Cho et al. 2014, in
 * the form of cuDNN and PyTorch): [length, n] to [length, units].
 *
 * @returns a layer with the parameters `{ input: [n, 3 units], recurrent: [units, 3 units], bias, recurrentBias: [3 units] }`, in the
 *   order r, z, a
 * @example
 * ```ts
 * gru(32).init(random.key(0), [20, 8]).outputShape; // [20, 32]
 * ```
 */
export function gru(units: number, options: RecurrentOptions = {}): Layer<GruParams, Nothing> {
  return recurrent<GruParams>(
    'gru',
    units,
    {
      gates: 3,
      carries: 1,
      biases: () => ({ bias: zeros([3 * units]), recurrentBias: zeros([3 * units]) }),
      step(p, x, [h]) {
        const fromState = add(matMul(h!, p.recurrent), p.recurrentBias);
        const [rx, zx, ax] = split(x, 3, 1) as [Tensor, Tensor, Tensor];
        const [rh, zh, ah] = split(fromState, 3, 1) as [Tensor, Tensor, Tensor];
        const z = sigmoid(add(zx, zh));
        const a = tanh(add(ax, mul(sigmoid(add(rx, rh)), ah)));
        return [add(a, mul(z, sub(h!, a)))];
      },
    },
    options,
  );
}
