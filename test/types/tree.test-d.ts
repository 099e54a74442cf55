import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { expectTypeOf, test } from 'vitest';
import {
  flatten,
  leaves,
  leavesWithPath,
  map,
  mapWithPath,
  unflatten,
  ravel,
  type MapLeaves,
  type Tree,
} from '../../src/tree';

interface Params {
  w: Tensor2D;
  layers: { b: Tensor1D; skip: null }[];
  pair: readonly [number, Tensor];
  byName: Map<string, Tensor2D>;
  bias?: Tensor1D;
}
declare const params: Params;

test('MapLeaves keeps containers', () => {
  expectTypeOf<MapLeaves<{ w: Tensor2D; n: number }, Tensor>>().toEqualTypeOf<{ w: Tensor; n: Tensor }>();
  expectTypeOf<MapLeaves<[number, null], Tensor>>().toEqualTypeOf<[Tensor, null]>();
  expectTypeOf<MapLeaves<readonly [number, Tensor1D], Scalar>>().toEqualTypeOf<readonly [Scalar, Scalar]>();
  expectTypeOf<MapLeaves<Tensor[], number>>().toEqualTypeOf<number[]>();
  expectTypeOf<MapLeaves<Map<string, Tensor2D>, Tensor>>().toEqualTypeOf<Map<string, Tensor>>();
  expectTypeOf<MapLeaves<{ name: string; x: number }, Tensor>>().toEqualTypeOf<{ name: string; x: Tensor }>();
  expectTypeOf<MapLeaves<Params, Tensor>['bias']>().toEqualTypeOf<Tensor | undefined>();
  expectTypeOf<MapLeaves<unknown, Tensor>>().toEqualTypeOf<unknown>();
});

test('leaves', () => {
  expectTypeOf(leaves({ a: 1, b: ['x', null] as [string, null] })).toEqualTypeOf<(number | string)[]>();
  expectTypeOf(leavesWithPath([1])).toEqualTypeOf<[path: string, leaf: number][]>();
});

test('map', () => {
  expectTypeOf(map((x) => String(x), { a: 1, b: [2] })).toEqualTypeOf<{ a: string; b: string[] }>();
  expectTypeOf(map((s) => s.length, { a: 'text' })).toEqualTypeOf<{ a: number }>();
  expectTypeOf(map((x, y) => x + y.length, { a: 1 }, { a: 'x' })).toEqualTypeOf<{ a: number }>();
  expectTypeOf(mapWithPath((path, x) => path + x, [1])).toEqualTypeOf<string[]>();
  expectTypeOf(map((a, b) => a + b, { a: 1 }, map((x) => 2 * x, { a: 1 }))).toEqualTypeOf<{ a: number }>(); // prettier-ignore
  expectTypeOf(map((a, b) => [a, b], {} as unknown, {} as unknown)).toEqualTypeOf<unknown>();
  map(
    (a, b) => [a, b],
    {} as unknown,
    map((x) => x, {} as unknown),
  );
  map((pair: number[]) => pair.length, [[1, 2]], { isLeaf: (x) => Array.isArray(x) });
  // A result of the tree's own type may be asked for, as of tf's ops; one that it can't be is refused.
  const kept: { w: Tensor2D } = map((x: Tensor): Tensor => x, { w: params.w });
  expectTypeOf(kept).toEqualTypeOf<{ w: Tensor2D }>();
  // @ts-expect-error a tree of numbers is not one of strings
  const wrong: { w: string } = map(() => 1, { w: 2 });
  expectTypeOf(wrong).not.toBeAny();
  // @ts-expect-error the leaf is a number
  map((x: string) => x, [1]);
});

test('round trips', () => {
  const flat = flatten(params);
  expectTypeOf(unflatten(flat.structure, [] as number[]).layers).toEqualTypeOf<{ b: number; skip: null }[]>();
  const [vector, unravel] = ravel({ w: params.w, n: 1 });
  expectTypeOf(vector).toEqualTypeOf<Tensor1D>();
  expectTypeOf(unravel(vector)).toEqualTypeOf<{ w: Tensor; n: Tensor }>();
});

test('Tree', () => {
  expectTypeOf<{ a: Tensor[]; b: null; c: readonly [number] }>().toExtend<Tree<Tensor | number>>();
});
