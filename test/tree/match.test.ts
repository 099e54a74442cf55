import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { assertSameStructure, leaves, structure } from '../../src/tree';
import { leavesLike } from '../../src/tree/match';
import { anyTree } from './arbitraries';

const expectation = structure({ a: [1, { b: 2 }], n: null });

property.prop([anyTree(fc.constant(0)), anyTree(fc.constant(0))])(
  'throws exactly where structures differ',
  (a, b) => {
    const check = (): void => assertSameStructure(structure(a), b, 'tree');
    if (structure(a).equals(structure(b))) expect(check).not.toThrow();
    else expect(check).toThrow(TypeError);
  },
);

property.prop([anyTree(fc.constant(0)), anyTree(fc.nat())])(
  'finds the leaves of a tree that has a structure, and of no other',
  (a, b) => {
    expect(leavesLike(structure(b), b)).toEqual(leaves(b));
    const same = structure(a).equals(structure(b));
    expect(leavesLike(structure(a), b)).toEqual(same ? leaves(b) : undefined);
  },
);

test('accepts a tree or a structure', () => {
  assertSameStructure(expectation, { n: null, a: [5, { b: 6 }] }, 'cotangent');
  assertSameStructure(expectation, expectation, 'cotangent');
});

test.each([
  [
    { a: [1, { c: 2 }], n: null },
    'cotangent: unexpected tree structure at "a/1": expected an object with keys b, got an object with keys c.',
  ],
  [
    { a: [1, { b: [2] }], n: null },
    'cotangent: unexpected tree structure at "a/1/b": expected a leaf, got an array of length 1.',
  ],
  [{ a: [1, { b: 2 }], n: 0 }, 'cotangent: unexpected tree structure at "n": expected null, got a leaf.'],
  [3, 'cotangent: unexpected tree structure at the root: expected an object with keys a, n, got a leaf.'],
])('names the path, what was expected and what came', (tree, message) => {
  expect(() => assertSameStructure(expectation, tree, 'cotangent')).toThrow(new TypeError(message));
});
