import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { map, structure, transpose } from '../../src/tree';
import { anyTree } from './arbitraries';

test('a tree of trees inside out', () => {
  const tree = { a: [1, 2, 3], b: [4, 5, 6] };
  const transposed = [{ a: 1, b: 4 }, { a: 2, b: 5 }, { a: 3, b: 6 }]; // prettier-ignore
  expect(transpose(structure({ a: 0, b: 0 }), structure([0, 0, 0]), tree)).toEqual(transposed);
  expect(transpose({ a: 0, b: 0 }, null, tree)).toEqual(transposed);
});

const withLeaf = anyTree(fc.constant(0)).filter((tree) => structure(tree).numLeaves > 0);

property.prop([withLeaf, withLeaf])('twice is the identity', (outer, inner) => {
  let count = 0;
  const tree = map(() => map(() => count++, inner), outer);
  const [o, i] = [structure(outer), structure(inner)];
  expect(transpose(i, o, transpose(o, i, tree))).toEqual(tree);
});

test('a mismatch is refused with the key path', () => {
  const outer = { a: 0, b: 0 };
  expect(() => transpose(outer, [0, 0], { a: [1, 2], b: [3] })).toThrow(
    /inner tree at "b": .* at the root: expected an array of length 2/,
  );
  expect(() => transpose(outer, [0, 0], { a: [1, 2] })).toThrow(
    /tree\.transpose: .*expected an object with keys a, b/,
  );
});
