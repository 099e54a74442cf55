import { Argument, Command, Option } from 'commander';
import { EXAMPLES } from './programs';
import { BACKENDS, type Backend, useBackend } from './shared/backend';
import { runProgram } from './shared/program';

const LIST = Object.entries(EXAMPLES)
  .map(([name, [, about]]) => `  ${name.padEnd(12)} ${about}`)
  .join('\n');

await runProgram(() =>
  new Command('example')
    .description(
      `Runs one of the examples in examples/programs:\n\n${LIST}\n\nMNIST has a demo of its own: npm run demo.`,
    )
    .addArgument(new Argument('<name>', 'which').choices(Object.keys(EXAMPLES)))
    .addOption(new Option('--backend <name>', 'where tensors are computed').choices(BACKENDS).default('wasm'))
    .option('--short', 'a fraction of the work', false)
    .option('--path <path>', 'folder or file that the example reads or writes')
    .showHelpAfterError('(npm run example -- --help lists the examples)')
    .action(
      async (name: string, { backend, short, path }: { backend: Backend; short: boolean; path?: string }) => {
        await useBackend(backend);
        const [run] = EXAMPLES[name]!;
        await run({ short, say: (line) => console.log(line), ...(path !== undefined && { path }) });
      },
    ),
);
