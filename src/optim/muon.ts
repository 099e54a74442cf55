import type { Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { map } from '../tree';
import { addDecayedWeights } from './addDecayedWeights';
import { adamw, type DecayOptions } from './adamw';
import { chain } from './chain';
import { multiTransform } from './multiTransform';
import { adamDefaults, type AdamOptions } from './scaleByAdam';
import { scaleByLearningRate, type LearningRate } from './scaleByLearningRate';
import { muonDefaults, scaleByMuon, type MuonDirectionOptions } from './scaleByMuon';
import type { GradientTransformation } from './transformation';

export interface MuonOptions extends MuonDirectionOptions, DecayOptions {
  /**
   * Which leaves Muon trains and which Adam: a tree of 'muon' and 'adam', a prefix of the parameters, or a function of them that returns
   * one. By default matrices and nothing else. Jordan leaves embeddings, the first layer and the last to Adam.
   */
  labels?: unknown;
  /** Options of the Adam for the rest, with a learning rate of its own if wanted; Muon's by default, and no weight decay. */
  adam?: AdamOptions & DecayOptions & { learningRate?: LearningRate };
}

/**
 * Muon: momentum, orthogonalised by Newton-Schulz iterations, for matrices, and Adam for the rest (Jordan: Muon, an optimizer for hidden
 * layers, 2024).
 *
 * @returns a transformation with the state `{ adam, muon }`
 * @example
 * ```ts
 * // TrAct on the layer that Muon leaves out: gradients come from `valueAndGrad(tract(loss))`.
 * const params = { patches: tf.ones([3, 2]), blocks: [tf.ones([2, 2])], head: tf.ones([2, 1]) };
 * const optimizer = muon(0.02, {
 *   labels: { patches: 'adam', blocks: 'muon', head: 'adam' },
 *   adam: { learningRate: 1e-3 },
 * });
 * const [updates] = optimizer.update(params, optimizer.init(params), params);
 * updates.head; // [[-0.001], [-0.001]]
 * ```
 */
export function muon(learningRate: LearningRate, options: MuonOptions = {}): GradientTransformation {
  const { labels, weightDecay, mask, adam, ...direction } = withDefaults('muon', options, {
    labels: undefined,
    weightDecay: 0,
    mask: undefined,
    adam: {},
    ...muonDefaults,
  });
  const { eps, nesterov } = direction;
  const { learningRate: adamRate, ...adamOptions } = withDefaults('muon: adam', adam, {
    learningRate: undefined,
    weightDecay: 0,
    mask: undefined,
    ...adamDefaults,
    eps,
    nesterov,
  });
  return multiTransform(
    {
      muon: chain(
        scaleByMuon(direction),
        addDecayedWeights(weightDecay, mask),
        scaleByLearningRate(learningRate),
      ),
      adam: adamw(adamRate ?? learningRate, adamOptions),
    },
    labels ?? matrices,
  );
}

function matrices(params: unknown): unknown {
  return map((p: unknown) => ((p as Tensor).rank === 2 ? 'muon' : 'adam'), params);
}
