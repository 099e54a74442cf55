import { runInNewContext } from 'node:vm';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { flatten, leaves, structure, unflatten } from '../../src/tree';
import { anyTree } from './arbitraries';
import { Point } from './point';

describe('round trip', () => {
  property.prop([anyTree()])('unflatten inverts flatten', (tree) => {
    const flat = flatten(tree);
    const rebuilt = unflatten(flat.structure, flat.leaves);
    expect(leaves(rebuilt)).toEqual(flat.leaves);
    expect(structure(rebuilt).equals(flat.structure)).toBe(true);
    expect(flat.structure.numLeaves).toBe(flat.leaves.length);
    expect(String(structure(rebuilt))).toBe(String(flat.structure));
  });

  property.prop([anyTree(fc.constant(0)), anyTree(fc.constant(0))])(
    'structures are equal exactly if trees of equal leaves are',
    (a, b) => {
      const same = structure(a).equals(structure(b));
      const x = unflatten(structure(a), leaves(a));
      const y = unflatten(structure(b), leaves(b));
      let equal = true;
      try {
        expect(x).toStrictEqual(y);
      } catch {
        equal = false;
      }
      expect(same).toBe(equal);
    },
  );
});

describe('order and kinds', () => {
  test('object keys are sorted', () => {
    const tree = { b: 2, a: 1, c: { b: 4, a: 3 } };
    expect(leaves(tree)).toEqual([1, 2, 3, 4]);
    expect(unflatten(structure(tree), leaves(tree))).toEqual(tree);
    expect(structure({ a: 1, b: 2 }).equals(structure({ b: 2, a: 1 }))).toBe(true);
  });

  test('null is an empty node', () => {
    expect(leaves({ a: null, b: 1 })).toEqual([1]);
    expect(leaves(null)).toEqual([]);
    expect(leaves([null, [], {}])).toEqual([]);
    expect(String(structure([1, null]))).toBe('[*, null]');
    expect(structure([1, null]).equals(structure([1, 2]))).toBe(false);
    expect(structure([]).equals(structure({}))).toBe(false);
    expect(structure([]).equals(structure(null))).toBe(false);
  });

  test('everything unknown is a leaf', () => {
    class Unknown {}
    const odd = [
      new Unknown(),
      () => 0,
      'text',
      new Float32Array(2),
      undefined,
      new Date(0),
      Symbol.iterator,
    ];
    expect(leaves(odd)).toEqual(odd);
  });

  test('a Map keeps its kind; sortable keys are sorted', () => {
    const map = new Map([
      [10, 'ten'],
      [9, 'nine'],
    ]);
    expect(leaves(map)).toEqual(['nine', 'ten']);
    expect(unflatten(structure(map), [1, 2])).toEqual(new Map([[9, 1], [10, 2]])); // prettier-ignore
    expect(structure(new Map([['a', 1]])).equals(structure({ a: 1 }))).toBe(false);
    const mixed = new Map<unknown, number>([['b', 1], [2, 2], ['a', 3]]); // prettier-ignore
    expect(leaves(mixed)).toEqual([1, 2, 3]);
  });

  test('plain objects of another realm and without prototype are nodes', () => {
    expect(leaves(runInNewContext('({ b: [2], a: 1 })'))).toEqual([1, 2]);
    expect(leaves(Object.assign(Object.create(null), { b: 2, a: 1 }))).toEqual([1, 2]);
  });

  test('a key named __proto__ stays a key', () => {
    const tree = JSON.parse('{ "__proto__": 1, "a": 2 }') as object;
    const rebuilt = unflatten(structure(tree), [3, 4]) as object;
    expect(Object.keys(rebuilt)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(rebuilt)).toBe(Object.prototype);
  });

  test('structures print like trees', () => {
    const tree = { b: [1, null], a: new Map([['k', 2]]), c: new Point<unknown>(1, [2], 'p') };
    expect(String(structure(tree))).toBe('{a: Map{k: *}, b: [*, null], c: Point(*, [*])}');
    expect(String(structure(5))).toBe('*');
  });
});

test('unflatten refuses another number of leaves', () => {
  const two = structure({ a: 0, b: 0 });
  expect(() => unflatten(two, [1])).toThrow(/Too few leaves .*\{a: \*, b: \*\}.*expected 2, got 1/);
  expect(() => unflatten(two, [1, 2, 3])).toThrow(/Too many leaves .*expected 2, got 3/);
  expect(() => unflatten(two, [])).toThrow(TypeError);
});

test('isLeaf ends the tree above what it accepts', () => {
  const isPair = (node: unknown): boolean => Array.isArray(node) && node.every((x) => typeof x === 'number');
  expect(leaves([[1, 2], [3, 4]], isPair)).toEqual([[1, 2], [3, 4]]); // prettier-ignore
  expect(leaves({ a: null, b: 1 }, (node) => node === null)).toEqual([null, 1]);
  expect(leaves([1, 2], () => true)).toEqual([[1, 2]]);
});

describe('trees that are none', () => {
  const nested = (depth: number): unknown => {
    let node: unknown = 1;
    for (let i = 0; i < depth; i++) node = [node];
    return node;
  };

  test('a container that holds itself, an array or an object', () => {
    const object: Record<string, unknown> = { a: 1 };
    object.self = object;
    expect(() => flatten({ object })).toThrow(
      /an object with keys a, self lies .* does a container hold itself/,
    );
    const array: unknown[] = [];
    array.push(new Map([['m', array]]));
    expect(() => flatten(array)).toThrow(/does a container hold itself/);
  });

  test('depth alone is no error below a thousand', () => {
    expect(leaves(nested(1000))).toEqual([1]);
    expect(() => flatten(nested(1001))).toThrow(RangeError);
    expect(() => flatten(nested(1e5))).toThrow(/1000 levels deep/);
  });

  test('keys that are symbols, unless they are hidden', () => {
    expect(() => flatten({ a: { [Symbol('mark')]: 1 } })).toThrow(
      /keys .* strings, got Symbol\(mark\): use a Map/,
    );
    const marked = Object.defineProperty({ a: 1 }, Symbol('mark'), { value: 2 });
    expect(leaves(marked)).toEqual([1]);
  });
});
