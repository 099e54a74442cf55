// Writes docs/kernels.md, the table of all kernels, from the rules: npx tsx scripts/kernels.ts
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import '../src';
import { ruledKernels, ruleOf, type Rule } from '../src/core/rule';

export const tableFile = fileURLToPath(new URL('../docs/kernels.md', import.meta.url));

const backends = ['cpu', 'wasm'] as const;
const columns = ['kernel', 'derivative', 'forward', 'batch', 'abstract shape', ...backends];

const intro = `# Kernels

What the transformations know of each kernel of TensorFlow.js. Made from the rules by \`npx tsx scripts/kernels.ts\`; a test fails when
it is out of date.

- **derivative**: _constant_ kernels have none by nature (indices, truth values, steps, strings); _random_ ones draw from a hidden state.
- **forward**: how forward mode differentiates: by a rule of its own, or by transposing the pullback.
- **batch**: how \`vmap\` runs it: by a rule on the whole batch, or example by example.
- **abstract shape**: whether \`jit\` can capture it. The shape of some kernels' output depends on values, so they can't be.
- **cpu**, **wasm**: _kernel_: the backend's own. _Polyfill_ and _decomposition_: composed of other kernels inside of
  transformations, since the backend has none. _Missing_: throws.

A star marks kernels that some backend gets wrong, or refuses, for some calls: there these calls are composed of others too.

"Decomposition" in the other columns: the kernel is composed of others under every transformation, and has all that they have.
`;

/** What stands for these kernels calls a kernel that not every backend has. */
const NEEDS: Record<string, string> = {
  FFT: 'Complex',
  IFFT: 'Complex',
  RaggedGather: 'RaggedGather',
  RaggedTensorToTensor: 'RaggedTensorToTensor',
};

/** The text of docs/kernels.md. */
export function kernelTable(): string {
  const rows = tfjsKernels().map((kernel) => row(kernel, ruleOf(kernel)!));
  const counts = (column: number, text: string): number =>
    rows.filter((cells) => cells[column] === text).length;
  const summary =
    `${rows.length} kernels: ${counts(1, 'differentiable')} differentiable, ${counts(1, 'constant')} constant, ` +
    `${counts(1, 'random')} random.\n`;
  return `${intro}\n${summary}\n${markdown([columns, ...rows])}`;
}

/** Kernels whose names tfjs exports; the rest are primitives of this library. */
function tfjsKernels(): string[] {
  const names = tf as unknown as Record<string, unknown>;
  return ruledKernels().filter((kernel) => names[kernel] === kernel);
}

function row(kernel: string, rule: Rule): string[] {
  const derived = rule.decompose && 'decomposition';
  const none = rule.constant || rule.impure ? '' : undefined;
  return [
    rule.broken ? `${kernel} \\*` : kernel,
    rule.impure ? 'random' : rule.constant ? 'constant' : 'differentiable',
    none ?? derived ?? (rule.jvp ? 'rule' : 'double vjp'),
    derived ?? (rule.batch ? 'rule' : hasInputs(kernel) ? 'loop' : ''),
    shapeOf(rule) ?? derived ?? 'rule',
    ...backends.map((backend) => support(kernel, rule, backend)),
  ];
}

function shapeOf({ shape, decompose, uncapturable }: Rule): string | undefined {
  if (typeof uncapturable === 'string') return 'depends on values';
  if (uncapturable) return 'depends on attributes';
  return shape || decompose ? undefined : 'none';
}

/** Whether it reads tensors: others are the same for every example. */
function hasInputs(kernel: string): boolean {
  return !['Fill', 'LinSpace', 'Range'].includes(kernel);
}

function support(kernel: string, rule: Rule, backend: string): string {
  if (tf.getKernel(kernel, backend)) return 'kernel';
  if (NEEDS[kernel] && !tf.getKernel(NEEDS[kernel], backend)) return 'missing';
  if (rule.polyfill) return 'polyfill';
  return rule.decompose ? 'decomposition' : 'missing';
}

function markdown(table: string[][]): string {
  const widths = columns.map((_, i) => Math.max(...table.map((cells) => cells[i]!.length)));
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |\n`;
  const [head, ...rows] = table;
  return [line(head!), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('');
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(tableFile, kernelTable());
