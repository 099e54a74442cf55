import type { Command } from 'commander';
import { Failure } from './failure';

/** Runs a command line: what the user can put right is shown as its message alone with status 1, wrong arguments with status 2. */
export async function runProgram(command: () => Command, argv = process.argv.slice(2)): Promise<void> {
  try {
    await command()
      .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
      .parseAsync(argv, { from: 'user' });
  } catch (error) {
    // Not thrown on: the wasm backend would print its whole source with an uncaught error.
    console.error(error instanceof Failure ? `error: ${error.message}` : error);
    process.exitCode = 1;
  }
}
