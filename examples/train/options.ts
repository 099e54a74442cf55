import { Command, InvalidArgumentError, Option } from 'commander';
import { notNegative, positive, wholeNumber } from '../shared/arguments';
import { BACKENDS, type Backend } from '../shared/backend';
import { DATASETS, type DataOptions } from './datasets';
import { MODELS, type ModelName, type Sizes } from './models';
import { OPTIMIZERS, RATES, type OptimizerOptions } from './optimizers';

export interface Options extends Omit<OptimizerOptions, 'rate'>, DataOptions, Sizes {
  readonly model: ModelName;
  readonly epochs: number;
  readonly batch: number;
  readonly rate?: number;
  readonly smoothing: number;
  readonly flip: boolean;
  readonly pad: number;
  readonly tract: boolean;
  readonly compare: boolean;
  readonly lambda: number;
  readonly seed: number;
  readonly seeds?: readonly number[];
  readonly backend: Backend;
  readonly out: string;
  readonly resume: boolean;
  readonly checkpointEvery: number;
}

const NOTES = `
Every run, one for each seed and gradient, has a folder in --out with metrics.jsonl and checkpoint.safetensors. Ctrl-C saves and ends;
--resume goes on, after Ctrl-C as after a crash, and ends with the numbers that the run would have reached. report.html has the curves.
Exit status: 0 trained to the end, 1 something is missing or broken or the loss is NaN, 2 wrong arguments, 130 stopped by Ctrl-C (143 by SIGTERM).

  npm run train -- --model lenet --data mnist --epochs 2 --compare
  npm run train -- --model vit --layers 4 --width 96 --heads 4 --data crops --epochs 4 --seeds 0,1,2 --compare --backend tensorflow`;

/** The command line of `npm run train`; `action` gets the options. */
export function trainCommand(action: (options: Options) => Promise<void>): Command {
  return new Command('train')
    .description('Trains a model on a data set with the ordinary gradient, with TrAct, or with each in turn.')
    .addOption(new Option('--model <name>', 'what to train').choices(MODELS).default('conv'))
    .addOption(new Option('--data <name>', 'what to train on').choices(DATASETS).default('mnist'))
    .option('--folder <path>', 'where the data set is')
    .option('--size <n>', 'side to which --data pictures are scaled', wholeNumber(1), 32)
    .option('--limit <n>', 'train and test on the first n pictures only', wholeNumber(1))
    .option('--width <n>', 'channels of the first stage, or features of the vit', wholeNumber(1))
    .option('--layers <n>', 'layers of conv and vit', wholeNumber(1))
    .option('--heads <n>', 'heads of the vit', wholeNumber(1))
    .option('--patch <n>', 'side of a patch of the vit', wholeNumber(1))
    .option('--dropout <x>', 'dropout of the vit', share)
    .option('--epochs <n>', 'passes over the training pictures', wholeNumber(1), 5)
    .option('--batch <n>', 'pictures in a step', wholeNumber(1), 128)
    .addOption(
      new Option('--optimizer <name>', 'what makes steps of gradients').choices(OPTIMIZERS).default('adam'),
    )
    .option(
      '--rate <x>',
      `learning rate (${Object.entries(RATES)
        .map(([name, rate]) => `${name} ${rate}`)
        .join(', ')})`,
      positive,
    )
    .addOption(
      new Option('--schedule <name>', 'course of the learning rate')
        .choices(['cosine', 'constant'])
        .default('cosine'),
    )
    .option('--warmup <n>', 'steps of linear warm-up', wholeNumber(0), 0)
    .option('--decay <x>', 'weight decay of adamw, lamb, lion and muon', notNegative)
    .option('--clip <x>', 'greatest norm of the gradient', positive)
    .option('--smoothing <x>', 'label smoothing', share, 0)
    .option('--flip', 'mirror training pictures at random', false)
    .option('--pad <n>', 'pad training pictures by n and cut at random', wholeNumber(0), 0)
    .option('--tract', 'train the first layer with TrAct', false)
    .option('--compare', 'train with and without TrAct', false)
    .option('--lambda <x>', "TrAct's ridge; 0.05 to 0.2 is usual", positive, 0.1)
    .option('--seed <n>', 'decides parameters, order, dropout and augmentation', wholeNumber(0), 0)
    .option('--seeds <list>', 'train with each of these seeds, such as 0,1,2', wholeNumbers)
    .addOption(new Option('--backend <name>', 'where tensors are computed').choices(BACKENDS).default('wasm'))
    .option('--out <folder>', 'where checkpoints, metrics and report go', 'train-results')
    .option('--resume', 'go on with the runs in --out', false)
    .option('--checkpoint-every <n>', 'steps from one checkpoint to the next', wholeNumber(1), 100)
    .addHelpText('after', NOTES)
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists the options)')
    .action((options: Options) => action(options));
}

function share(text: string): number {
  const value = notNegative(text);
  if (value >= 1) throw new InvalidArgumentError('Expected a number from 0 to below 1.');
  return value;
}

function wholeNumbers(text: string): number[] {
  const values = text.split(',').map(wholeNumber(0));
  if (new Set(values).size !== values.length) throw new InvalidArgumentError('A seed is named twice.');
  return values;
}
