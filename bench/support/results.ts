import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Times } from './alternate';

/** Times of one model and measure by contender, and why the others could not do it. */
export interface Row {
  readonly title: string;
  readonly times: Record<string, Times>;
  readonly failures: Record<string, string>;
}

/** What a run leaves, by model and measure. */
export interface Results {
  readonly backend: string;
  readonly machine: { cpu: string; cores: number; node: string };
  readonly models: Record<string, Record<string, Row>>;
}

/** Names of results: the backend's, with the threads of tensorflow beside it. */
export const RUNS = ['wasm', 'cpu', 'tensorflow-1', 'tensorflow-2', 'webgpu'] as const;

export const pathOf = (run: string): string => `bench/results/${run}.json`;

export function readResults(path: string): Results | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Results) : undefined;
}

/** Puts a row among the results of its run. */
export function record(run: string, model: string, measure: string, row: Row): void {
  const [{ model: cpu } = { model: 'unknown' }] = cpus();
  const machine = { cpu, cores: cpus().length, node: process.version };
  const before = readResults(pathOf(run))?.models ?? {};
  const results: Results = {
    backend: run.split('-')[0]!,
    machine,
    models: { ...before, [model]: { ...before[model], [measure]: row } },
  };
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(pathOf(run), `${JSON.stringify(results, rounded, 2)}\n`);
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}
