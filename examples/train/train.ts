import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { summary } from '../../src/nn';
import { batchesIn } from '../data/batches';
import { scalingOf } from '../data/standardise';
import { useBackend } from '../shared/backend';
import { stopOnSignal } from '../shared/stop';
import { loadData } from './datasets';
import { modelOf } from './models';
import { optimizerOf, RATES } from './optimizers';
import type { Options } from './options';
import { progress } from './progress';
import { report } from './report';
import { metricsOf, run } from './run';
import { type Series, seriesOf, type Variant } from './series';
import { textOf } from '../shared/table';
import { comparisonTable } from './comparison';

/** Runs what the command line asks for. */
export async function train(options: Options): Promise<void> {
  const rate = options.rate ?? RATES[options.optimizer];
  await useBackend(options.backend);
  const split = await loadData(options);
  const { training } = split;
  const scaling = scalingOf(training);
  const shape = [training.height, training.width, training.channels];
  const steps = options.epochs * batchesIn(training, options.batch);
  const method = () => ({
    model: modelOf(options.model, training.classes.length, shape, options),
    optimizer: optimizerOf({ ...options, rate }, steps),
    labelSmoothing: options.smoothing,
  });
  const seeds = options.seeds ?? [options.seed];
  const variants: Variant[] = options.compare
    ? ['ordinary', 'TrAct']
    : [options.tract ? 'TrAct' : 'ordinary'];
  const runs = seeds.flatMap((seed) =>
    variants.map((variant) => ({ seed, variant, folder: folderOf(options, variant, seed) })),
  );
  console.log(
    `${options.model}, ${summary(method().model, shape).parameters} parameters, on ${training.count} pictures of ${options.data} in ` +
      `${training.classes.length} classes, ${shape.join(' x ')}; test on ${split.test.count}. ` +
      `${runs.length} run${runs.length > 1 ? 's' : ''} of ${steps} steps on ${options.backend}.`,
  );

  await mkdir(options.out, { recursive: true });
  const view = progress(steps);
  const stop = stopOnSignal(() => view.say('Stopping after this step. Ctrl-C again quits at once.'));
  const series: Series[] = [];
  try {
    for (const { seed, variant, folder } of runs) {
      if (stop.signal.aborted) break;
      view.start(`${variant}, seed ${seed}`);
      const lambda = variant === 'TrAct' ? { lambda: options.lambda } : {};
      const { flip, pad, batch, epochs, checkpointEvery, resume } = options;
      const settings = { ...settingsOf(options, rate), seed, ...lambda };
      const augmentation = flip || pad > 0 ? { augmentation: { flip, pad } } : {};
      await run(
        { ...method(), ...lambda },
        split,
        { ...{ folder, epochs, batch, seed, scaling, checkpointEvery, resume, settings }, ...augmentation },
        view,
        stop.signal,
      );
      series.push(seriesOf(variant, seed, metricsOf(folder)));
    }
  } finally {
    view.end();
  }
  console.log(`\n${textOf(comparisonTable(series))}`);
  const file = join(options.out, 'report.html');
  await writeFile(
    file,
    report(series, { ...settingsOf(options, rate), lambda: options.lambda, backend: options.backend }),
  );
  console.log(`\nReport: ${resolve(file)}`);
  if (stop.signal.aborted) console.log('Stopped: the same command with --resume goes on.');
  process.exitCode = stop.status();
  stop.release();
}

const folderOf = ({ out, model }: Options, variant: Variant, seed: number): string =>
  join(out, `${model}-${variant.toLowerCase()}-seed${seed}`);

/** What decides the numbers of all runs alike. The backend is among it: the last digits differ. */
function settingsOf(options: Options, rate: number) {
  const { model, data, limit, size, width, layers, heads, patch, dropout, epochs, batch, optimizer } =
    options;
  const { schedule, warmup, decay, clip, smoothing, flip, pad, backend } = options;
  const chosen = { width, layers, heads, patch, dropout, limit, decay, clip };
  const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  const always = {
    model,
    data,
    size,
    epochs,
    batch,
    optimizer,
    rate,
    schedule,
    warmup,
    smoothing,
    flip,
    pad,
    backend,
  };
  return { ...always, ...given };
}
