import * as tf from '@tensorflow/tfjs-core';
import { describe, expect } from 'vitest';
import { grad, tree } from '../../src';
import { close, line, throws } from '../support/line';

class P {
  constructor(
    readonly x: unknown,
    readonly y: unknown,
    readonly name: string,
  ) {}
}

const flattenedWith: unknown[] = [];
tree.registerNode(P, {
  flatten: (p) => [[p.x, p.y], p.name],
  unflatten: (name: string, [x, y]) => {
    flattenedWith.push(x, y);
    return new P(x, y, name);
  },
  keys: () => ['x', 'y'],
});

describe('I. pytrees', () => {
  line('78. keys are sorted, and their order is no part of the structure', () => {
    const given = { b: 2, a: 1, c: { b: 4, a: 3 } };
    const { leaves, structure } = tree.flatten(given);
    expect(leaves).toEqual([1, 2, 3, 4]);
    expect(tree.unflatten(structure, leaves)).toEqual(given);
    expect(tree.structure({ a: 1, b: 2 }).equals(tree.structure({ b: 3, a: 4 }))).toBe(true);
    expect(tree.structure({ a: 1, b: 2 }).equals(tree.structure({ a: 1, c: 2 }))).toBe(false);
  });
  line('79. null is an empty node', () => {
    expect(tree.leaves({ a: null, b: 1 })).toEqual([1]);
    expect(tree.leaves(null)).toEqual([]);
    expect(tree.leaves([null, [], {}])).toEqual([]);
    expect(String(tree.structure([1, null]))).toBe('[*, null]');
    expect(tree.structure([1, null]).equals(tree.structure([1, 2]))).toBe(false);
  });
  line('80. map over several trees', () => {
    const add = (a: number, b: number): number => a + b;
    expect(tree.map(add, { a: 1, b: [2, 3] }, { a: 10, b: [20, 30] })).toEqual({ a: 11, b: [22, 33] });
    const bad: [first: unknown, second: unknown, ...fragments: string[]][] = [
      [{ a: 1, b: 2 }, { a: 1 }, 'keys a, b', 'keys a'],
      [{ a: 1 }, { a: 1, b: 2 }, 'keys a', 'keys a, b'],
      [{ a: [1, 2] }, { a: [1] }, '"a"', 'length 2', 'length 1'],
      [{ a: [1] }, { a: { b: 1 } }, '"a"', 'an array', 'an object'],
      [{ a: { b: 1 } }, { a: 5 }, '"a"', 'an object', 'the number 5'],
      [{ a: [{ b: null }] }, { a: [{ b: 1 }] }, '"a/0/b"', 'null', 'the number 1'],
      [{ a: [{ b: { c: 1 } }] }, { a: [{ b: null }] }, '"a/0/b"', 'keys c', 'null'],
    ];
    for (const [first, second, ...fragments] of bad)
      throws(() => tree.map((a: unknown) => a, first as object, second), TypeError, 'tree.map', ...fragments);
    expect(tree.map((a: unknown, b: unknown) => [a, b], [1, 2] as unknown, [{ x: 1 }, [3, 4]])).toEqual([
      [1, { x: 1 }],
      [2, [3, 4]],
    ]);
  });
  line('81. too few and too many leaves', () => {
    const structure = tree.structure({ a: 1, b: 2 });
    throws(() => tree.unflatten(structure, [1]), TypeError, 'Too few leaves', 'expected 2, got 1');
    throws(() => tree.unflatten(structure, [1, 2, 3]), TypeError, 'Too many leaves', 'expected 2, got 3');
  });
  line('82. isLeaf', () => {
    const isPair = (node: unknown): boolean => Array.isArray(node) && typeof node[0] === 'number';
    const pairs = [
      [1, 2],
      [3, 4],
    ];
    expect(tree.leaves(pairs, isPair)).toEqual(pairs);
    expect(
      tree.map((x: unknown) => x ?? 0, { a: null, b: 1 } as unknown, { isLeaf: (x) => x === null }),
    ).toEqual({
      a: 0,
      b: 1,
    });
  });
  line('83. transpose', () => {
    const given = { a: [1, 2, 3], b: [4, 5, 6] };
    const outer = tree.structure({ a: 0, b: 0 });
    const expected = [
      { a: 1, b: 4 },
      { a: 2, b: 5 },
      { a: 3, b: 6 },
    ];
    expect(tree.transpose(outer, tree.structure([0, 0, 0]), given)).toEqual(expected);
    expect(tree.transpose(outer, null, given)).toEqual(expected);
    throws(
      () => tree.transpose(outer, null, { a: [1, 2], b: [1] }),
      TypeError,
      '"b"',
      'length 2',
      'length 1',
    );
    throws(() => tree.transpose(outer, null, { a: [1, 2] }), TypeError, 'keys a, b', 'keys a');
  });
  line('84. key paths', () => {
    const given = { a: [10, { b: 20 }], c: 30 };
    const pairs = [
      ['a/0', 10],
      ['a/1/b', 20],
      ['c', 30],
    ];
    expect(tree.leavesWithPath(given as unknown)).toEqual(pairs);
    expect(tree.mapWithPath((path: string, x: unknown) => `${path}=${x}`, given as unknown)).toEqual({
      a: ['a/0=10', { b: 'a/1/b=20' }],
      c: 'c=30',
    });
  });
  line('85. registered classes', () => {
    flattenedWith.length = 0;
    const p = new P(tf.scalar(3), tf.scalar(2), 'n');
    const g = grad((q: P) => tf.mul(tf.square(q.x as tf.Tensor), q.y as tf.Tensor) as tf.Scalar)(
      p,
    ) as unknown as P;
    expect(g).toBeInstanceOf(P);
    expect(g.name).toBe('n');
    close([g.x, g.y], [12, 9]);
    expect(flattenedWith.every((child) => child !== undefined)).toBe(true);
    throws(
      () => tree.registerNode(P, { flatten: () => [[], null], unflatten: () => p }),
      Error,
      'P',
      'already registered',
    );
    const add = (a: unknown, b: unknown): number => (a as number) + (b as number);
    expect(tree.map(add, new P(1, 2, 'n') as unknown, new P(3, 4, 'n') as unknown)).toEqual(new P(4, 6, 'n'));
    throws(
      () => tree.map(add, new P(1, 2, 'n') as unknown, new P(3, 4, 'm') as unknown),
      TypeError,
      '"n"',
      '"m"',
    );
    expect(tree.leavesWithPath({ p: new P(1, 2, 'n') } as unknown)).toEqual([
      ['p/x', 1],
      ['p/y', 2],
    ]);
  });
  line('86. ravel, broadcast, reduce', () => {
    const [vector, unravel] = tree.ravel({ b: [tf.tensor2d([[1, 2]])], a: 3 });
    // Keys in sorted order: a, then b.
    close(vector, [3, 1, 2]);
    close(unravel(tf.mul(2, vector)), { a: 6, b: [[[2, 4]]] });
    const long = tf.ones([4]);
    throws(() => unravel(long as tf.Tensor1D), RangeError, '[3]', '[4]');
    expect(tree.broadcast([1, 2, 3], [0, { a: 0, b: 0 }, [0, 0]] as unknown)).toEqual([
      1,
      { a: 2, b: 2 },
      [3, 3],
    ]);
    throws(
      () => tree.broadcast([1, 2], [0, 0, 0] as unknown),
      TypeError,
      'tree.broadcast',
      'length 3',
      'length 2',
    );
    expect(tree.reduce((a: number, b: number) => a + b, { a: 1, b: [2, 3] }, 10)).toBe(16);
  });
});
