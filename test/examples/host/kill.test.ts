import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMetrics } from '../../../examples/train/metrics';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'train-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS = [
  ...['--data', 'mnist', '--limit', '200', '--epochs', '2', '--batch', '16', '--backend', 'cpu', '--tract'],
  ...['--model', 'vit', '--layers', '1', '--width', '8', '--heads', '2', '--patch', '7', '--dropout', '0.1'],
  ...['--pad', '1', '--checkpoint-every', '2'],
];
const run = (out: string): string => join(folder, out, 'vit-tract-seed0');
const metrics = (out: string) => join(run(out), 'metrics.jsonl');

/** Runs the program, and kills it as soon as so many steps are in its metrics. */
function train(out: string, args: string[] = [], killAfter = Infinity): Promise<number | string> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'examples/train/main.ts', ...OPTIONS, '--out', join(folder, out), ...args],
      { stdio: 'ignore' },
    );
    const watch = setInterval(() => {
      if (existsSync(metrics(out)) && readFileSync(metrics(out), 'utf8').split('\n').length > killAfter)
        child.kill('SIGKILL');
    }, 2);
    child.on('close', (code, signal) => {
      clearInterval(watch);
      resolve(signal ?? code!);
    });
  });
}

/** All metrics without the times. */
const numbers = (out: string) =>
  readMetrics(metrics(out)).map((line) => ({ ...line, milliseconds: 0, seconds: 0 }));

/** The checkpoint's tensors, after its header with the times. */
function tensors(out: string): Buffer {
  const file = readFileSync(join(run(out), 'checkpoint.safetensors'));
  return file.subarray(8 + Number(file.readBigUInt64LE(0)));
}

test('killed twice and resumed, a training ends with the same numbers as one that was not', async () => {
  const [whole] = await Promise.all([
    train('whole'),
    (async () => {
      expect(await train('parts', [], 5)).toBe('SIGKILL');
      expect(await train('parts', ['--resume'], 16)).toBe('SIGKILL');
      expect(await train('parts', ['--resume'])).toBe(0);
    })(),
  ]);
  expect(whole).toBe(0);
  const steps = numbers('whole').filter(({ kind }) => kind === 'step');
  expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 26 }, (_, i) => i + 1));
  expect(numbers('parts')).toEqual(numbers('whole'));
  expect(tensors('parts').equals(tensors('whole'))).toBe(true);
  expect(readFileSync(join(folder, 'parts', 'report.html'), 'utf8')).toContain('vit on mnist');
}, 120_000);
