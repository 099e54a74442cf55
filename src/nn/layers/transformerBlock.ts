import type { Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, SIZE } from '../../core/numbers';
import { activation, gelu } from './activations';
import { attention, attentionDefaults, type AttentionOptions, type AttentionParams } from './attention';
import type { NormParams } from './batchNorm';
import type { KernelParams } from './bias';
import { defineLayer, checkRank, type Layer } from '../layer';
import { dense } from './dense';
import { dropout as dropoutLayer } from './dropout';
import { layerNorm } from './layerNorm';
import { residual } from './residual';
import { sequential } from './sequential';
import { stochasticDepth } from './stochasticDepth';

export interface TransformerOptions extends AttentionOptions {
  /** Width of the hidden layer; four times the features by default. */
  hidden?: number;
  /** Share of elements dropped after attention and in the multilayer perceptron; 0 by default. */
  dropout?: number;
  /** Share of examples for which each residual is dropped; 0 by default. */
  depthRate?: number;
  /** gelu by default. */
  activate?: (x: Tensor) => Tensor;
  /** Whether the perceptron's second layer is activated too; false by default. */
  activateOutput?: boolean;
  /** 1e-5 by default. */
  eps?: number;
}

export interface TransformerParams {
  attention: { norm: NormParams; attention: AttentionParams };
  mlp: { norm: NormParams; hidden: KernelParams; out: KernelParams };
}

/**
 * One block of a transformer, normalised first: x + attention(norm(x)), and then x + mlp(norm(x)), from [length, n] to [length, n] (Vaswani
 * et al. 2017; Xiong et al.: On layer normalization in the transformer architecture, 2020).
 *
 * @returns a layer with the parameters `{ attention: { norm, attention }, mlp: { norm, hidden, out } }`
 * @example
 * ```ts
 * transformerBlock({ heads: 4, hidden: 128 }).init(random.key(0), [10, 32]).outputShape; // [10, 32]
 * ```
 */
export function transformerBlock(given: TransformerOptions): Layer<TransformerParams, unknown> {
  const { hidden, dropout, depthRate, activate, activateOutput, eps, ...options } = withDefaults(
    'transformerBlock',
    given,
    {
      hidden: undefined,
      dropout: 0,
      depthRate: 0,
      activate: gelu,
      activateOutput: false,
      eps: 1e-5,
      ...attentionDefaults(),
    },
  );
  if (hidden !== undefined) checkNumbers('transformerBlock', { hidden }, SIZE);
  const { useBias, kernelInit, biasInit } = options;
  const kernelOptions = { useBias, kernelInit, biasInit };
  const dropped = () => ({
    ...(dropout > 0 && { dropout: dropoutLayer(dropout) }),
    ...(depthRate > 0 && { depth: stochasticDepth(depthRate) }),
  });
  const block = (n: number) =>
    sequential({
      attention: residual(
        sequential({ norm: layerNorm({ eps }), attention: attention(options), ...dropped() }),
      ),
      mlp: residual(
        sequential({
          norm: layerNorm({ eps }),
          hidden: dense(hidden ?? 4 * n, kernelOptions),
          activation: activation(activate),
          ...(dropout > 0 && { hiddenDropout: dropoutLayer(dropout) }),
          out: dense(n, kernelOptions),
          ...(activateOutput && { outActivation: activation(activate) }),
          ...dropped(),
        }),
      ),
    });
  return defineLayer<TransformerParams, unknown>('transformerBlock', {
    init(key, inputShape) {
      checkRank('transformerBlock', inputShape, 2, 'length, n');
      return block(inputShape[1]!).init(key, inputShape) as ReturnType<
        Layer<TransformerParams, unknown>['init']
      >;
    },
    apply: (params, state, x, options) =>
      block(x.shape[2]!).apply(params as never, state as never, x, options),
  });
}
