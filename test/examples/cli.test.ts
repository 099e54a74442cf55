import { spawnSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { parseOptions } from '../../examples/mnist/options';

/** The program in a process of its own. */
function demo(...args: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', 'examples/mnist/main.ts', ...args], {
    encoding: 'utf8',
  });
}

/** What it writes about arguments that end it, and its status. */
function ended(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += text;
      return true;
    });
  }
  const exit = vi.spyOn(process, 'exit').mockImplementation((status) => {
    throw new Error(`ended with ${status}`);
  });
  try {
    expect(() => parseOptions(args)).toThrow('ended with');
    return { status: exit.mock.calls[0]![0], ...written };
  } finally {
    vi.restoreAllMocks();
  }
}

test('--help lists the options with their defaults, and the exit statuses', () => {
  const { status, stdout } = ended('--help');
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
    const { status, stderr } = ended(...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

test('the process says so and no more, and has that status', () => {
  const { status, stderr } = demo('--epochs', '0');
  expect(stderr).toContain("argument '0' is invalid");
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(status).toBe(2);
});

test('a report that could not be written is refused before the training', () => {
  const { status, stderr } = demo('--out', '.');
  expect(stderr).toBe("error: The report can't be written to .: it is a folder\n");
  expect(status).toBe(1);
});
