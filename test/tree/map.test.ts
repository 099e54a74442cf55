import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { leaves, leavesWithPath, map, mapWithPath, structure } from '../../src/tree';
import { anyTree } from './arbitraries';
import { Point } from './point';

const add = (a: number, b: number): number => a + b;

describe('laws', () => {
  const f = (x: unknown): number => (x as number) * 2;
  const g = (x: unknown): string => `<${String(x)}>`;

  property.prop([anyTree()])('identity', (tree) => {
    expect(map((x) => x, tree)).toEqual(
      map(
        (x) => x,
        map((x) => x, tree),
      ),
    );
    expect(leaves(map((x) => x, tree))).toEqual(leaves(tree));
  });

  property.prop([anyTree()])('composition', (tree) => {
    expect(map((x) => g(f(x)), tree)).toEqual(map(g, map(f, tree)));
  });

  property.prop([anyTree()])('of two trees is that of pairs', (tree) => {
    const zipped = map((a, b) => [a, b], tree, map(f, tree));
    expect(zipped).toEqual(map((a) => [a, f(a)], tree));
  });

  property.prop([anyTree(fc.integer())])('keeps the structure', (tree) => {
    expect(structure(map(f, tree)).equals(structure(tree))).toBe(true);
  });
});

test('several trees', () => {
  expect(map(add, { a: 1, b: [2, 3] }, { a: 10, b: [20, 30] })).toEqual({ a: 11, b: [22, 33] });
  expect(map((a, b, c) => a * b + c, [2], [3], [4])).toEqual([10]);
});

test('a leaf function gets leaves only, no index', () => {
  expect(map(parseInt as (s: string) => number, ['10', '10', '10'])).toEqual([10, 10, 10]);
});

test('the first tree may be a prefix of the others', () => {
  const pair = (a: unknown, b: unknown): unknown => [a, b];
  expect(map(pair, [1, 2] as any, [{ x: 1 }, [3, 4]])).toEqual([[1, { x: 1 }], [2, [3, 4]]]); // prettier-ignore
});

test('isLeaf, null included', () => {
  expect(map((x) => x ?? 0, { a: null, b: 1 }, { isLeaf: (x) => x === null })).toEqual({ a: 0, b: 1 });
  expect(mapWithPath((path, x) => `${path}:${x}`, { a: null }, { isLeaf: (x) => x === null })).toEqual({
    a: 'a:null',
  });
});

describe('a tree of another structure is refused with the key path', () => {
  const first: any = { w: [1, { b: 2 }], n: null, p: new Point(1, 2, 'p'), m: new Map([['k', 1]]) };
  const cases: [string, any, RegExp][] = [
    [
      'missing key',
      { w: [1, { b: 2 }], n: null, p: first.p },
      /at the root: expected an object with keys m, n, p, w, got an object with keys n, p, w/,
    ],
    ['extra key', { ...first, z: 1 }, /at the root/],
    ['length', { ...first, w: [1] }, /at "w": expected an array of length 2, got an array of length 1/],
    [
      'kind',
      { ...first, w: { 0: 1, 1: { b: 2 } } },
      /at "w": expected an array of length 2, got an object with keys 0, 1/,
    ],
    [
      'inner key',
      { ...first, w: [1, { c: 2 }] },
      /at "w\/1": expected an object with keys b, got an object with keys c/,
    ],
    ['a leaf for a node', { ...first, w: 5 }, /at "w": .* got the number 5/],
    ['a leaf for null', { ...first, n: 5 }, /at "n": expected null, got the number 5/],
    ['null for a node', { ...first, w: null }, /at "w": .* got null/],
    ['aux data', { ...first, p: new Point(1, 2, 'q') }, /at "p": expected a Point .*"p", got a Point .*"q"/],
    [
      'Map keys',
      { ...first, m: new Map([['l', 1]]) },
      /at "m": expected a Map with keys k, got a Map with keys l/,
    ],
    ['undefined', undefined, /at the root: .* got undefined/],
  ];

  test.each(cases)('%s', (_, second, message) => {
    expect(() => map(add as any, first, second)).toThrow(TypeError);
    expect(() => map(add as any, first, second)).toThrow(message);
    expect(() => map(add as any, first, second)).toThrow(/tree\.map: tree 1/);
  });

  test('null where the first tree has a leaf is a subtree of it, not an error; a null in the first is not', () => {
    expect(map((a, b) => [a, b], [1], [null])).toEqual([[1, null]]);
    expect(() => map((a: any, b: any) => [a, b], [null], [1])).toThrow(/at "0": expected null/);
  });
});

test('key paths', () => {
  const tree = { a: [10, { b: 20 }], c: 30 };
  expect(leavesWithPath(tree)).toEqual([['a/0', 10], ['a/1/b', 20], ['c', 30]]); // prettier-ignore
  expect(leavesWithPath(7)).toEqual([['', 7]]);
  expect(leavesWithPath(new Map([['k', new Point(1, 2, 'p')]]))).toEqual([['k/0', 1], ['k/1', 2]]); // prettier-ignore
  expect(mapWithPath((path, x, y) => `${path}=${x + y}`, tree, tree)).toEqual({
    a: ['a/0=20', { b: 'a/1/b=40' }],
    c: 'c=60',
  });
});
