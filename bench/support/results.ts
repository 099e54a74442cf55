import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Times } from './alternate';

/** Times of one model and measure by contender, and why the others could not do it. */
export interface Row {
  readonly title: string;
  /** What the times are of: the wall's clock, or the processors'. */
  readonly clock: string;
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
  const before = readResults(pathOf(run))?.models[model];
  merge(pathOf(run), {
    backend: run.split('-')[0],
    machine,
    models: { [model]: { ...before, [measure]: row } },
  });
}

/** Writes results over those in a file: where both hold an object, what is new in it replaces and joins what is old. */
export function merge(path: string, results: Record<string, unknown>): void {
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>) : {};
  const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
  const joined = Object.entries(results).map(([key, value]) => {
    const old = before[key];
    return [key, isObject(old) && isObject(value) ? { ...old, ...value } : value];
  });
  mkdirSync('bench/results', { recursive: true });
  const all = { ...before, ...Object.fromEntries(joined) };
  writeFileSync(path, `${JSON.stringify(all, rounded, 2)}\n`);
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
