import { access, constants, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../shared/backend';
import { first, loadMnist } from './data';
import { Failure } from '../shared/failure';
import { type Options, parseOptions } from './options';
import { progress } from './progress';
import { report } from './report';
import { stopOnSignal } from '../shared/stop';
import { textOf } from '../shared/table';
import { tableOf } from './table';
import { train } from './train';
import { verdict } from './verdict';

/** Trains, prints and reports; returns the exit status. */
async function demo(options: Options): Promise<number> {
  await assertWritable(options.out);
  await useBackend(options.backend);
  const training = first(options.limit, await loadMnist('train'));
  const test = first(options.limit, await loadMnist('t10k'));
  console.log(
    `Training on ${training.count} images of MNIST, twice in each step: by the ordinary gradient, and by TrAct (lambda ${options.lambda}). ` +
      `Backend ${tf.getBackend()}, seed ${options.seed}.`,
  );

  const view = progress(options.epochs, training.count);
  const stop = stopOnSignal(() =>
    view.say('Stopping: evaluating what there is. Ctrl-C again quits at once.'),
  );
  const comparison = await train(options, { training, test }, view, stop.signal).finally(view.end);

  if (comparison.ordinary.epochs.length === 0) {
    console.log('Stopped before the first step: nothing to report.');
    return stop.status();
  }
  const { accuracy, time } = verdict(comparison);
  console.log(`\n${textOf(tableOf(comparison))}\n\n${accuracy}\n${time}`);
  await writeFile(options.out, report(comparison, options));
  console.log(`\nReport: ${resolve(options.out)}`);
  stop.release();
  return stop.status();
}

/** Finds out before the training, not after it, that the report has nowhere to go. */
async function assertWritable(file: string): Promise<void> {
  const target = resolve(file);
  try {
    await mkdir(dirname(target), { recursive: true });
    const found = await stat(target).catch(() => undefined);
    if (found?.isDirectory()) throw new Error('it is a folder');
    await access(found ? target : dirname(target), constants.W_OK);
  } catch (error) {
    throw new Failure(`The report can't be written to ${file}: ${(error as Error).message}`);
  }
}

try {
  process.exitCode = await demo(parseOptions(process.argv.slice(2)));
} catch (error) {
  // Not thrown on: the wasm backend would print its whole source with an uncaught error.
  console.error(error instanceof Failure ? `error: ${error.message}` : error);
  process.exitCode = 1;
}
