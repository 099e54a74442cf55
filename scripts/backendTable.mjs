// Writes the table of docs/backends.md, what passes on which backend, from the last run of the tests:
//   npm test; node scripts/backendTable.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { backends, isOf } from './backends.mjs';

const page = 'docs/backends.md';
const [, , file = '.cache/test-summary.json'] = process.argv;
const { projects } = JSON.parse(readFileSync(file, 'utf8'));

/** test/rules/battery.test.ts -> rules; what lies in test/backends/NAME belongs to that backend alone. */
function area(path) {
  const [, folder, name] = path.split('/');
  return folder === 'backends' ? `of ${name} alone` : folder;
}

const table = new Map();
for (const backend of backends) {
  for (const [project, { files }] of Object.entries(projects)) {
    if (!isOf(backend, project)) continue;
    for (const [path, { passed, failed, skipped }] of Object.entries(files)) {
      const row = table.get(area(path)) ?? {};
      const cell = (row[backend.name] ??= { passed: 0, all: 0 });
      cell.passed += passed;
      cell.all += passed + failed + skipped;
      table.set(area(path), row);
    }
  }
}

const cellText = (cell) =>
  !cell ? '–' : cell.passed === cell.all ? `${cell.all}` : `${cell.passed} of ${cell.all}`;
const names = backends.map(({ name }) => name);
const rows = [...table].sort(([a], [b]) => a.localeCompare(b));
const lines = [
  ['tests of', ...names],
  ['---', ...names.map(() => '---:')],
  ...rows.map(([name, row]) => [name, ...names.map((backend) => cellText(row[backend]))]),
].map((cells) => `| ${cells.join(' | ')} |`);

const [start, end] = ['<!-- table: made by scripts/backendTable.mjs -->', '<!-- end of table -->'];
const text = readFileSync(page, 'utf8');
const [head, tail] = [text.indexOf(start), text.indexOf(end)];
if (head < 0 || tail < 0) throw new Error(`${page} has no table to replace`);
writeFileSync(page, `${text.slice(0, head)}${start}\n\n${lines.join('\n')}\n\n${text.slice(tail)}`);
