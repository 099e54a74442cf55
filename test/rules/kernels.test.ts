import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { kernelTable, tableFile } from '../../scripts/kernels';

it('docs/kernels.md is up to date: npx tsx scripts/kernels.ts', () => {
  expect(readFileSync(tableFile, 'utf8')).toBe(kernelTable());
});
