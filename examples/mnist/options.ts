import { Command, Option } from 'commander';
import { positive, wholeNumber } from '../shared/arguments';
import { BACKENDS, type Backend } from '../shared/backend';

export interface Options {
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly lambda: number;
  readonly seed: string;
  readonly backend: Backend;
  readonly limit: number;
  readonly out: string;
}

const NOTES = `
Ctrl-C ends the training after the step in progress: what there is by then is evaluated, printed and reported; a second one quits at once.
Exit status: 0 trained to the end, 1 something is missing or broken, 2 wrong arguments, 130 stopped by Ctrl-C (143 by SIGTERM).

With npm, options follow two dashes:  npm run demo -- --epochs 1 --lambda 0.05`;

/**
 * Reads the command line. Wrong arguments end the process with a message and status 2, \`--help\` with status 0.
 *
 * @param argv the arguments alone, as in \`process.argv.slice(2)\`
 */
export function parseOptions(argv: readonly string[]): Options {
  return new Command('demo')
    .description(
      'Trains a small convolutional network on MNIST twice at once, by the ordinary gradient and by TrAct, and compares them.',
    )
    .option('--epochs <n>', 'passes over the training images', wholeNumber(1), 5)
    .option('--batch <n>', 'images in a step', wholeNumber(1), 128)
    .option('--rate <x>', "Adam's learning rate, for both", positive, 0.001)
    .option('--lambda <x>', "TrAct's ridge; 0.05 to 0.2 is usual", positive, 0.1)
    .option('--seed <text>', 'decides the initial parameters and the order of the images', '0')
    .addOption(new Option('--backend <name>', 'where tensors are computed').choices(BACKENDS).default('wasm'))
    .option('--limit <n>', 'train on the first n images only, and test on at most n', wholeNumber(1), 60000)
    .option('--out <file>', 'where the report goes', 'demo-report.html')
    .addHelpText('after', NOTES)
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists the options)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse(argv, { from: 'user' })
    .opts<Options>();
}
