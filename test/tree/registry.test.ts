import { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { leaves, leavesWithPath, map, registerNode, structure, unflatten } from '../../src/tree';
import { Point } from './point';

const rule = { flatten: () => [[], null] as const, unflatten: () => ({}) };

test('instances are nodes, with their aux data', () => {
  const p = new Point<unknown>(1, { w: 2 }, 'n');
  expect(leaves(p)).toEqual([1, 2]);
  const doubled = map((x: any) => 2 * x, p as any);
  expect(doubled).toEqual(new Point<unknown>(2, { w: 4 }, 'n'));
  expect(doubled).toBeInstanceOf(Point);
  expect(unflatten(structure(p), [5, 6])).toEqual(new Point<unknown>(5, { w: 6 }, 'n'));
});

test('structures differ where aux data do', () => {
  expect(structure(new Point(1, 2, 'a')).equals(structure(new Point(3, 4, 'a')))).toBe(true);
  expect(structure(new Point(1, 2, 'a')).equals(structure(new Point(1, 2, 'b')))).toBe(false);
});

test('aux data are compared by value', () => {
  class Layer {
    constructor(
      readonly w: unknown,
      readonly config: unknown,
    ) {}
  }
  registerNode(Layer, {
    flatten: (l) => [[l.w], l.config],
    unflatten: (config, [w]) => new Layer(w, config),
    keys: () => ['w'],
  });
  const of = (config: unknown) => structure(new Layer(0, config));
  expect(of({ a: [1, NaN] }).equals(of({ a: [1, NaN] }))).toBe(true);
  expect(of({ a: [1, 2] }).equals(of({ a: [1, 3] }))).toBe(false);
  expect(of({ a: 1 }).equals(of({ b: 1 }))).toBe(false);
  expect(of([1]).equals(of({ 0: 1 }))).toBe(false);
  expect(leavesWithPath([new Layer(3, null)])).toEqual([['0/w', 3]]);
});

test('unflatten is not called to look at a structure', () => {
  class Strict {
    constructor(readonly x: unknown) {
      if (x === undefined) throw new Error('x is undefined');
    }
  }
  registerNode(Strict, { flatten: (s) => [[s.x], undefined], unflatten: (_, [x]) => new Strict(x) });
  const tree = [new Strict(1), null];
  expect(String(structure(tree))).toBe('[Strict(*), null]');
  expect(leaves(tree)).toEqual([1]);
  expect(() => unflatten(structure(tree), [])).toThrow(/Too few/);
});

test('a subclass is a leaf until it is registered too', () => {
  class Sub extends Point {}
  const sub = new Sub(1, 2, 's');
  expect(leaves(sub)).toEqual([sub]);
});

describe('misuse', () => {
  test('registering twice, or what is a container or leaf by definition', () => {
    expect(() => registerNode(Point, rule as any)).toThrow(/Point is already registered/);
    for (const known of [Array, Object, Map, Tensor]) {
      expect(() => registerNode(known as any, rule)).toThrow(/already registered/);
    }
  });

  test('no class, no functions', () => {
    expect(() => registerNode({} as any, rule)).toThrow(TypeError);
    expect(() => registerNode(class A {}, { flatten: rule.flatten } as any)).toThrow(
      /A\): expected functions/,
    );
  });

  test('flatten that returns something else', () => {
    class Bad {}
    registerNode(Bad, { flatten: () => 5 as any, unflatten: () => new Bad() });
    expect(() => leaves(new Bad())).toThrow(/class Bad must return \[children, aux\].* got the number 5/);
  });
});
