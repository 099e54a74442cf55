import { expect, test } from 'vitest';
import { all, reduce } from '../../src/tree';

const sum = (a: number, b: number): number => a + b;

test('reduce', () => {
  expect(reduce(sum, { a: 1, b: [2, 3] }, 10)).toBe(16);
  expect(reduce(sum, { a: 1, b: [2, 3] })).toBe(6);
  expect(reduce((text, x) => text + String(x), { b: 2, a: 1 }, '')).toBe('12');
  expect(reduce(sum, [] as number[], 10)).toBe(10);
  expect(() => reduce(sum, [] as number[])).toThrow(/needs an initial value/);
  expect(
    reduce(
      (n, x: unknown) => n + (x === null ? 1 : 0),
      [null, 1, null],
      0,
      (x) => x === null,
    ),
  ).toBe(2);
});

test('all', () => {
  expect(all({ a: true, b: [1, 'x'] })).toBe(true);
  expect(all({ a: true, b: [0] })).toBe(false);
  expect(all([])).toBe(true);
  expect(all([null])).toBe(true);
});
