/**
 * Writes docs/benchmarks.md and its pictures from bench/results and bench/notes.md: npx tsx bench/report.ts
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { bars, curves } from './support/pictures';
import { pathOf, readResults, RUNS, type Results, type Row } from './support/results';

type Times = Row['times'];

const CONTENDERS: readonly (readonly [name: string, title: string])[] = [
  ['tf', 'tfjs'],
  ['tf.layers', 'tf.layers'],
  ['eager', 'eager'],
  ['jit', 'jit'],
  ['eager tract', 'eager, tract'],
  ['jit tract', 'jit, tract'],
  ['jax-js', 'jax-js'],
  ...[1, 2].flatMap((n) => {
    const threads = n === 1 ? '1 thread' : '2 threads';
    return [
      [`pytorch ${threads}`, `PyTorch, ${threads}`],
      [`pytorch fused ${threads}`, `fused Adam, ${threads}`],
      [`torch-tract ${threads}`, `torch-tract, ${threads}`],
    ] as const;
  }),
];

const digits = (value: number): string => String(Number(value.toPrecision(3)));
const tableOf = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Times of a measure: the least, which other programs on the machine disturb least, and the quartiles. */
function timesTable(measure: string, { models }: Results): string {
  const rows = Object.values(models).flatMap((measures) => measures[measure] ?? []);
  const present = CONTENDERS.filter(([name]) =>
    rows.some(({ times, failures }) => times[name] ?? failures[name]),
  );
  const cell = ({ times, failures }: Row, name: string): string => {
    const found = times[name];
    if (!found) return failures[name] ? 'impossible' : '';
    return `**${digits(found.best)}** ${digits(found.low)}–${digits(found.high)}`;
  };
  return tableOf(
    ['model', ...present.map(([, title]) => title)],
    rows.map((row) => [row.title, ...present.map(([name]) => cell(row, name))]),
  );
}

const base = (times: Times): number | undefined => (times.tf ?? times.eager)?.best;
const SHOWN = ['tf.layers', 'eager', 'jit', 'jit tract', 'jax-js', 'pytorch 1 thread', 'pytorch 2 threads'];

function speedPicture(run: string, { models }: Results): string[] {
  const found = Object.values(models).flatMap(({ step }) => {
    const slowest = step && base(step.times);
    if (!step || !slowest) return [];
    return SHOWN.flatMap((name) => {
      const own = step.times[name]?.best;
      return own ? [{ group: step.title, name, value: slowest / own }] : [];
    });
  });
  if (found.length === 0) return [];
  const path = `benchmarks/step-${run}.svg`;
  writeFileSync(`docs/${path}`, bars(found, 'times as fast as tfjs (as eager, where tfjs cannot)'));
  return [`![Steps with Adam on ${run}, as multiples of tfjs's speed](${path})`];
}

function section(run: string): string[] {
  const results = readResults(pathOf(run));
  if (!results) return [];
  const { models, machine } = results;
  const [backend, threads] = run.split('-');
  const all = Object.values(models).flatMap((measures) => Object.values(measures));
  const clocks = [...new Set(all.map(({ clock }) => clock))].join(' and ');
  const failures = all.flatMap((row) =>
    Object.entries(row.failures).map(([name, why]) => `- ${name}, ${row.title}: ${why}`),
  );
  return [
    `## ${backend}${threads ? `, ${threads} thread${threads === '1' ? '' : 's'}` : ''}`,
    `Milliseconds of ${clocks} time, **the least** and the quartiles, on ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.`,
    ...speedPicture(run, results),
    ...(['forward', 'gradient', 'step'] as const)
      .filter((measure) => Object.values(models).some((measures) => measures[measure]))
      .flatMap((measure) => [`### ${TITLES[measure]}`, timesTable(measure, results)]),
    ...(failures.length > 0 ? ['### Impossible', [...new Set(failures)].join('\n')] : []),
  ];
}

const TITLES = { forward: 'Forward', gradient: 'Loss and gradient', step: 'Step with Adam' };

function json<T>(path: string): T | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined;
}

type Peaks = Record<string, Record<string, { mib: number; kernels: number } | string>>;
type Moment = { best: number; median: number; bytes: number; tensors: number; heap: number };

function memorySection(backend: string): string[] {
  const found = json<{
    peaks: Peaks;
    long: { steps: number } & Record<string, { early: Moment; late: Moment } | number>;
  }>(`bench/results/memory-${backend}.json`);
  if (!found) return [];
  const names = ['tf', 'eager', 'jit', 'eager tract', 'jit tract'];
  const rows = Object.entries(found.peaks).map(([model, row]) => [
    model,
    ...names.map((name) => {
      const cell = row[name];
      if (cell === undefined) return '';
      return typeof cell === 'string' ? 'impossible' : cell.mib.toFixed(2);
    }),
  ]);
  const lines = Object.entries(found.long).flatMap(([kind, row]) => {
    if (typeof row === 'number') return [];
    const { early, late } = row;
    const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
    return [
      `- ${found.long.steps} steps, ${kind} with tract: ${digits(early.median)} ms a step early and ${digits(late.median)} late ` +
        `(least ${digits(early.best)} and ${digits(late.best)}), ${early.tensors} and ${late.tensors} tensors, ${early.bytes} and ${late.bytes} bytes, ` +
        `JavaScript heap ${mib(early.heap)} and ${mib(late.heap)} MiB`,
    ];
  });
  return [
    `### ${backend}`,
    'MiB of data at the peak of loss and gradient.',
    tableOf(['model', ...names], rows),
    ...(lines.length > 0 ? [lines.join('\n')] : []),
  ];
}

type Point = Record<'operations' | 'plain' | 'tract' | 'plainMiB' | 'tractMiB', number>;

function scaleSection(kind: string): string[] {
  const found = json<
    Record<string, { points: Point[] } & Record<'slopes' | 'upper', Record<string, number>>>
  >(`bench/results/scale-${kind}.json`);
  if (!found) return [];
  const lines = Object.entries(found).flatMap(([curve, { points }]) =>
    points.map(({ operations, plain }) => ({ curve, x: operations / 1e6, y: plain })),
  );
  const path = `benchmarks/scale-${kind}.svg`;
  writeFileSync(
    `docs/${path}`,
    curves(lines, 'million operations of linear layers', 'ms of loss and gradient'),
  );
  return [
    `### ${kind}`,
    `![Time over operations, ${kind}](${path})`,
    'Slopes over all sizes, and **over the larger half**: of time over operations, and of peak memory over how many numbers linear layers give.',
    tableOf(
      ['curve', 'time', 'time with tract', 'peak memory', 'peak memory with tract'],
      Object.entries(found).map(([curve, { slopes, upper }]) => [
        curve,
        ...['plain', 'tract', 'plainMiB', 'tractMiB'].map(
          (name) => `${slopes[name]!.toFixed(2)}, **${upper[name]!.toFixed(2)}**`,
        ),
      ]),
    ),
  ];
}

function dispatchSection(): string[] {
  const found = json<Record<string, Record<string, Record<string, number>>>>(
    'bench/results/dispatches-webgpu.json',
  );
  if (!found) return [];
  const rows = Object.entries(found).flatMap(([model, contenders]) =>
    Object.entries(contenders).map(([name, counts]) => [
      model,
      name,
      ...['forward', 'gradient', 'step'].map((measure) => String(counts[measure] ?? '')),
    ]),
  );
  return [
    '## Dispatches of webgpu',
    tableOf(['model', 'contender', 'forward', 'loss and gradient', 'step with Adam'], rows),
  ];
}

mkdirSync('docs/benchmarks', { recursive: true });
const [memory, scale] = [
  ['wasm', 'cpu', 'tensorflow'].flatMap(memorySection),
  ['wasm', 'wasm-jit'].flatMap(scaleSection),
];
const parts = [
  '# Benchmarks',
  '<!-- Written by bench/report.ts from bench/results and bench/notes.md. -->',
  readFileSync('bench/notes.md', 'utf8').trim(),
  ...RUNS.flatMap(section),
  ...(memory.length > 0 ? ['## Memory', ...memory] : []),
  ...(scale.length > 0 ? ['## Cost against size', ...scale] : []),
  ...dispatchSection(),
];
writeFileSync('docs/benchmarks.md', `${parts.join('\n\n')}\n`);
