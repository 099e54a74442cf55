import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { workarounds } from './workarounds';

it('each row of docs/backends.md, "Replaced kernels", has its cases in workarounds.ts, or says why not', () => {
  const [, section] = readFileSync('docs/backends.md', 'utf8').split('\n## Replaced kernels\n') as [
    string,
    string,
  ];
  const rows = section
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, 3)
        .map((cell) => cell.trim())
        .join(' | '),
    );
  expect(Object.keys(workarounds).sort()).toEqual(rows.sort());
  for (const cases of Object.values(workarounds)) expect(cases.length).toBeGreaterThan(0);
});
