// TrAct on an existing tf.layers model: one line, and compile and fit stay as they are.
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { tractLayer } from '../../src/layers';
import { batchOf } from '../data/batches';
import { scalingOf } from '../data/standardise';
import { digits, shareRight } from './digits';
import type { Settings } from './example';

function existingModel(): tfl.Sequential {
  const kernelInitializer = tfl.initializers.heNormal({ seed: 1 });
  const model = tfl.sequential({
    layers: [
      tfl.layers.flatten({ inputShape: [28, 28, 1] }),
      tfl.layers.dense({ units: 64, activation: 'relu', kernelInitializer, name: 'first' }),
      tfl.layers.dense({ units: 10, activation: 'softmax', kernelInitializer }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy' });
  return model;
}

export async function tfLayers({ short, say }: Settings): Promise<{ ordinary: number; tract: number }> {
  const { training, test } = await digits(short ? 1000 : 10000, 1000);
  const all = batchOf(
    training,
    Int32Array.from({ length: training.count }, (_, i) => i),
    scalingOf(training),
  );
  const labels = tf.oneHot(all.y, 10);
  const judged = test();
  const accuracy = async (withTract: boolean): Promise<number> => {
    const model = existingModel();
    if (withTract) tractLayer(model.getLayer('first')); // the whole change
    await model.fit(all.x, labels, { epochs: short ? 2 : 5, batchSize: 64, shuffle: false, verbose: 0 });
    const scores = model.predict(judged.x) as tf.Tensor;
    const share = shareRight(scores, judged.y);
    scores.dispose();
    model.optimizer.dispose();
    model.dispose();
    return share;
  };
  const result = { ordinary: await accuracy(false), tract: await accuracy(true) };
  tf.dispose([all.x, all.y, labels, judged.x, judged.y]);
  say(
    `model.fit: ${percent(result.ordinary)} of the test digits right, with tractLayer ${percent(result.tract)}`,
  );
  return result;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
