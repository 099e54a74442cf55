import { test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { broadcast, broadcastPrefix, leaves } from '../../src/tree';
import { anyTree } from './arbitraries';

const isAxis = (node: unknown): boolean => node === null || typeof node === 'number';

test('broadcast repeats leaves of the prefix', () => {
  expect(broadcast([1, 2, 3], [0, { a: 0, b: 0 }, [0, 0]])).toEqual([1, { a: 2, b: 2 }, [3, 3]]);
  expect(broadcast(7, { a: [0, null] })).toEqual({ a: [7, null] });
});

property.prop([anyTree()])('a leaf is a prefix of every tree, and every tree of itself', (tree) => {
  expect(leaves(broadcast(7, tree))).toEqual(leaves(tree).map(() => 7));
  expect(leaves(broadcast(tree, tree))).toEqual(leaves(tree));
});

describe('broadcastPrefix', () => {
  test('null can be an entry', () => {
    expect(broadcastPrefix([0, null], [{ a: 1, b: [2] }, 3], isAxis, 'inAxes')).toEqual([0, 0, null]);
    expect(broadcastPrefix([{ a: 0, b: null }], [{ a: 1, b: 2 }], isAxis, 'inAxes')).toEqual([0, null]);
    expect(broadcastPrefix([0, 1], [null, 5], isAxis, 'inAxes')).toEqual([1]);
  });

  test.each([
    [
      'length',
      [0, 0],
      [1],
      /^inAxes is not a prefix .*: an array of length 1 there, got an array of length 2/,
    ],
    [
      'key',
      [{ a: 0 }],
      [{ b: 1 }],
      /^inAxes at "0" .*: an object with keys b there, got an object with keys a/,
    ],
    ['deeper than the tree', [[0]], [1], /^inAxes at "0" .*: a leaf there, got an array of length 1/],
    ['not an entry', [true], [1], /^inAxes at "0" .* got the boolean true/],
  ])('%s', (_, prefix, tree, message) => {
    expect(() => broadcastPrefix(prefix, tree, isAxis, 'inAxes')).toThrow(TypeError);
    expect(() => broadcastPrefix(prefix, tree, isAxis, 'inAxes')).toThrow(message);
  });
});
