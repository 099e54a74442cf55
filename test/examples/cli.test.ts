import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

function demo(...args: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', 'examples/mnist/main.ts', ...args], {
    encoding: 'utf8',
  });
}

test('--help lists the options with their defaults, and the exit statuses', () => {
  const { status, stdout } = demo('--help');
  expect(status).toBe(0);
  for (const option of ['epochs', 'batch', 'rate', 'lambda', 'seed', 'backend', 'limit', 'out']) {
    expect(stdout).toMatch(new RegExp(`--${option} <\\w+> .*default`, 's'));
  }
  expect(stdout).toContain('130 stopped by Ctrl-C');
});

describe('wrong arguments end with status 2 and one clear message', () => {
  test.each([
    [['--epochs', '0'], "'--epochs <n>' argument '0' is invalid. Expected a whole number from 1 up"],
    [['--epochs', '1.5'], 'Expected a whole number from 1 up'],
    [['--batch', ''], 'Expected a whole number from 1 up'],
    [['--lambda', '0'], "'--lambda <x>' argument '0' is invalid. Expected a number above 0"],
    [['--lambda', 'NaN'], 'Expected a number above 0'],
    [['--lambda', '-1'], 'Expected a number above 0'],
    [['--backend', 'abacus'], "argument 'abacus' is invalid. Allowed choices are wasm, cpu, tensorflow"],
    [['--epoch', '1'], "unknown option '--epoch'"],
    [['5'], 'too many arguments'],
  ])('%j', (args, message) => {
    const { status, stderr } = demo(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(2);
  });
});

test('a report that could not be written is refused before the training', () => {
  const { status, stderr } = demo('--out', '.');
  expect(stderr).toBe("error: The report can't be written to .: it is a folder\n");
  expect(status).toBe(1);
});
