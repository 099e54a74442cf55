// From photographs to a classifier: crops of each photograph are a class, and a small conv net learns to tell from which one a crop is.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { inOrder, shuffled } from '../data/batches';
import { scalingOf } from '../data/standardise';
import { convNet } from '../../src/nn';
import { adam } from '../../src/optim';
import { cutPhotographs } from '../photos/cut';
import { Failure } from '../shared/failure';
import { Learner } from '../train/learner';
import type { Settings } from './example';

const CROPS = { size: 32, short: 256, cell: 64, testShare: 0.25, seed: '0' };

export async function photos({
  short,
  say,
  path = '.cache/photos',
}: Settings): Promise<{ classes: number; accuracy: number }> {
  const names = await readdir(path).catch(() => []);
  const files = names.filter((name) => /\.(jpe?g|png|webp)$/i.test(name)).sort();
  if (files.length < 2)
    throw new Failure(`${path}: expected at least two photographs; examples/photos/fetch.sh fetches some.`);
  const { training, test } = await cutPhotographs(
    files.map((file) => join(path, file)),
    { ...CROPS, training: short ? 32 : 400, test: short ? 10 : 50 },
  );
  const scaling = scalingOf(training);
  const model = convNet({ classes: files.length, widths: short ? [8, 16] : [16, 32] });
  const learner = Learner.start({ model, optimizer: adam(5e-3), lambda: 0.1 }, [32, 32, 3], 0);
  for (let epoch = 1; epoch <= (short ? 4 : 6); epoch++) {
    for (const batch of shuffled(training, epoch, 0, {
      batch: 32,
      seed: 0,
      scaling,
      augmentation: { flip: true },
    })) {
      learner.train(batch);
      tf.dispose([batch.x, batch.y]);
    }
    const { accuracy } = learner.evaluate(inOrder(test, 100, scaling));
    say(
      `epoch ${epoch}: ${(100 * accuracy).toFixed(1)} % of ${test.count} crops are attributed to the right one of ${files.length} photographs`,
    );
  }
  const { accuracy } = learner.evaluate(inOrder(test, 100, scaling));
  learner.dispose();
  return { classes: files.length, accuracy };
}
