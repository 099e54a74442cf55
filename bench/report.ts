/**
 * Writes docs/benchmarks.md and its pictures from bench/results: npx tsx bench/report.ts
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { pathOf, readResults, type Results, type Row } from './support/results';

/** Ratios are of the least times: what other programs on the machine take away shows in the others. */
const time = (row: Row, name: string): number | undefined => row.times[name]?.best;

const CONTENDERS = [
  ['tf', 'tfjs'],
  ['eager', 'eager'],
  ['jit', 'jit'],
  ['eager tract', 'eager, tract'],
  ['jit tract', 'jit, tract'],
  ['jax-js', 'jax-js'],
  ['pytorch 1 thread', 'PyTorch, 1 thread'],
  ['pytorch 2 threads', 'PyTorch, 2 threads'],
] as const;

function table(measure: string, { models }: Results): string {
  const rows = Object.values(models).flatMap((measures) => (measures[measure] ? [measures[measure]] : []));
  const present = CONTENDERS.filter(([name]) => rows.some((row) => row.times[name]));
  const cell = (row: Row, name: string): string => {
    const found = row.times[name];
    if (!found) return row.failures[name] ? 'impossible' : '';
    return `${digits(found.best)} (${digits(found.median)})`;
  };
  const lines = rows.map(
    (row) => `| ${row.title} | ${present.map(([name]) => cell(row, name)).join(' | ')} |`,
  );
  const head = `| model | ${present.map(([, title]) => title).join(' | ')} |`;
  return [head, `| --- | ${present.map(() => '---').join(' | ')} |`, ...lines].join('\n');
}

const digits = (ms: number): string => String(Number(ms.toPrecision(3)));

/** How much faster than the slowest of tfjs and eager each contender's step is, as bars. */
function picture({ models, backend }: Results): string {
  const { document } = parseHTML('<html></html>');
  const bars = Object.values(models).flatMap(({ step }) => {
    const base = step && (time(step, 'tf') ?? time(step, 'eager'));
    if (!step || base === undefined) return [];
    return ['jit', 'jit tract', 'jax-js', 'pytorch 1 thread'].flatMap((name) => {
      const own = time(step, name);
      return own === undefined ? [] : [{ model: step.title.split(/[,:]/)[0]!, name, ratio: base / own }];
    });
  });
  const svg = Plot.plot({
    document,
    width: 760,
    marginLeft: 230,
    marginRight: 40,
    x: {
      type: 'log',
      grid: true,
      label: 'times as fast as tfjs (eager where tfjs cannot)',
      tickFormat: '~g',
    },
    y: { axis: null, domain: ['jit', 'jit tract', 'jax-js', 'pytorch 1 thread'] },
    fy: { label: null, domain: [...new Set(bars.map(({ model }) => model))] },
    color: { legend: false, domain: ['jit', 'jit tract', 'jax-js', 'pytorch 1 thread'] },
    marks: [
      Plot.ruleX([1]),
      Plot.ruleY(bars, { x1: 1, x2: 'ratio', y: 'name', fy: 'model', stroke: 'name', strokeWidth: 6 }),
      Plot.text(bars, {
        x: 'ratio',
        y: 'name',
        fy: 'model',
        text: (d: { ratio: number; name: string }) => `${d.ratio.toFixed(1)} ${d.name}`,
        textAnchor: 'start',
        dx: 5,
      }),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const path = `docs/benchmarks/step-${backend}.svg`;
  writeFileSync(path, `${svg.outerHTML}\n`);
  return `![Steps on ${backend}, as multiples of tfjs's speed](benchmarks/step-${backend}.svg)`;
}

mkdirSync('docs/benchmarks', { recursive: true });
const found = ['wasm', 'cpu'].flatMap((backend) => readResults(pathOf(backend)) ?? []);
const parts = found.map((results) => {
  const { cpu, cores, node } = results.machine;
  const failures = Object.values(results.models).flatMap((measures) =>
    Object.values(measures).flatMap(({ title, failures }) =>
      Object.entries(failures).map(([name, why]) => `- ${name}, ${title}: ${why}`),
    ),
  );
  return [
    `## ${results.backend}`,
    `Milliseconds, the least and (the median), on ${cpu}, ${cores} cores, Node ${node}.`,
    picture(results),
    ...(['forward', 'gradient', 'step'] as const)
      .filter((measure) => Object.values(results.models).some((measures) => measures[measure]))
      .flatMap((measure) => [`### ${measure}`, table(measure, results)]),
    ...(failures.length > 0 ? ['### Impossible', [...new Set(failures)].join('\n')] : []),
  ].join('\n\n');
});
const notes = readFileSync('bench/notes.md', 'utf8').trim();
writeFileSync(
  'docs/benchmarks.md',
  `# Benchmarks\n\n<!-- Written by bench/report.ts from bench/results and bench/notes.md. -->\n\n${notes}\n\n${parts.join('\n\n')}\n`,
);
