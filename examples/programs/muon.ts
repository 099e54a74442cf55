// TrAct with Muon: Muon trains the matrices inside a vision transformer and leaves out its first layer, which is TrAct's.
import * as tf from '@tensorflow/tfjs-core';
import { jit, random, tract, tree, valueAndGrad } from '../../src';
import { softmaxCrossEntropyWithIntegerLabels, vit } from '../../src/nn';
import { applyUpdates, muon as muonOptimizer } from '../../src/optim';
import { digits, shareRight } from './digits';
import type { Settings } from './example';

export async function muon({
  short,
  say,
}: Settings): Promise<{ ordinary: number; tract: number; first: number; last: number }> {
  const size = short ? { layers: 1, heads: 2, features: 16 } : { layers: 3, heads: 4, features: 48 };
  const model = vit({ ...size, patch: 7 });
  const data = await digits(short ? 1024 : 8000, 1000);
  const optimizer = muonOptimizer(0.02, {
    labels,
    adam: { learningRate: 3e-3 },
  });

  type Params = ReturnType<typeof model.init>['params'];
  const loss = (p: Params, x: tf.Tensor, y: tf.Tensor): tf.Tensor =>
    tf.mean(softmaxCrossEntropyWithIntegerLabels(model.apply(p, state, x)[0], y));
  const key = random.key(0);
  const { params: start, state } = model.init(key, [28, 28, 1]);
  key.dispose();

  const accuracy = (f: typeof loss): { share: number; losses: number[] } => {
    const lossAndGradient = valueAndGrad(f);
    const step = jit((p: Params, moments: unknown, x: tf.Tensor, y: tf.Tensor) => {
      const [value, g] = lossAndGradient(p, x, y);
      const [updates, next] = optimizer.update(g, moments as never, p);
      return { value, params: applyUpdates(p, updates), moments: next };
    });
    let params = start;
    let moments: unknown = optimizer.init(params);
    const losses: number[] = [];
    for (const { x, y } of data.batches(short ? 2 : 3, 64)) {
      const next = step(params, moments, x, y);
      losses.push(next.value.dataSync()[0]!);
      tf.dispose([x, y, next.value, moments, ...(params === start ? [] : [params])] as never);
      params = next.params as unknown as Params;
      moments = next.moments;
    }
    const { x, y } = data.test();
    const [scores] = model.apply(params, state, x);
    const share = shareRight(scores, y);
    tf.dispose([x, y, scores, params, moments] as never);
    step.dispose();
    return { share, losses };
  };
  const ordinary = accuracy(loss);
  const corrected = accuracy(tract(loss, 0.1));
  tf.dispose([start, state] as never);
  say(
    `a vit of ${size.layers} layers by Muon and Adam: ${percent(ordinary.share)} of the test digits right, with TrAct ${percent(corrected.share)}`,
  );
  return {
    ordinary: ordinary.share,
    tract: corrected.share,
    first: corrected.losses[0]!,
    last: corrected.losses.at(-1)!,
  };
}

/** Matrices of the blocks are Muon's, all else is Adam's. */
const labels = (params: unknown): unknown =>
  tree.mapWithPath(
    (path: string, leaf: unknown) =>
      path.startsWith('blocks') && (leaf as tf.Tensor).rank === 2 ? 'muon' : 'adam',
    params,
  );

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
