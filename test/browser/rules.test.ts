import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { jvp, vjp, vmap } from '../../src';
import { isDifferentiable } from '../../src/core/rule';
import { firstOfEach, type RuleCase } from '../rules/case';
import { computable } from '../rules/unlike';
import { argument, outputsOf, perExample } from '../support/cases';
import { read } from './support/read';

/*
 * The first two cases of each kernel, for what only a page can show: that the rules' shaders compile there, and that nothing reads
 * synchronously. Whether the rules are right is checked on every backend in Node, to second order.
 */
const families = [
  'elementwise',
  'reduction',
  'matmul',
  'convolution',
  'pooling',
  'normalization',
  'indexing',
];
/** webgl runs nowhere else. */
const onlyHere = ['arithmetic', 'fused', 'shapeForms', 'shapeJoins', 'shapeParts', 'shapePlaces'];
const tables = import.meta.glob<{ default: RuleCase[] }>('../rules/cases/*.ts', { eager: true });

const dot = (ys: tf.Tensor[], us: tf.Tensor[]): tf.Tensor =>
  tf.addN(ys.map((y, i) => tf.sum(tf.mul(y, us[i]!))));

/** <u, J v> by forward mode, by reverse mode, and by central differences; what `vmap` differs from a loop. */
function measured({ f, args }: RuleCase): tf.Tensor[] {
  const xs = args.map((arg, i) => argument(arg, i + 1));
  const moving = xs.map(isDifferentiable);
  const direction = (t: tf.Tensor, i: number): tf.Tensor =>
    tf.tensor(
      Float32Array.from({ length: t.size }, (_, k) => Math.sin(3 * k + 2 * i + 1)),
      t.shape,
    );
  const points = xs.filter((_, i) => moving[i]);
  const vs = points.map(direction);
  const along = (...ps: tf.Tensor[]): tf.Tensor[] => {
    let next = 0;
    return outputsOf(f(...xs.map((x, i) => (moving[i] ? ps[next++]! : x)))).filter(isDifferentiable);
  };
  const [ys, dys] = jvp(along, points, vs);
  const us = ys.map(direction);
  const [, pullback] = vjp(along, ...points);
  const h = 2 ** -5;
  const at = (t: number): tf.Tensor => {
    const moved = points.map((p, i) => tf.add(p, tf.mul(vs[i]!, t)));
    // Inside a transformation, where what a backend gets wrong is replaced.
    return dot(jvp(along, moved, vs)[0], us);
  };
  const numeric = tf.div(tf.sub(tf.mul(tf.sub(at(h / 2), at(-h / 2)), 8), tf.sub(at(h), at(-h))), 6 * h);
  const batches = args.map((arg, i) => tf.stack([argument(arg, 10 + i), argument(arg, 20 + i)]));
  const found = outputsOf(vmap((...all: tf.Tensor[]) => f(...all))(...batches) as tf.Tensor | tf.Tensor[]);
  const singles = [0, 1].map((k) => {
    const example = batches.map((b) => perExample(b, k));
    return vjp((_: tf.Tensor) => outputsOf(f(...example)), tf.scalar(0))[0];
  });
  const away = found.map((y, j) => {
    const expected = tf.stack(singles.map((outputs) => outputs[j]!));
    return tf.max(tf.abs(tf.cast(tf.sub(tf.cast(y, 'float32'), tf.cast(expected, 'float32')), 'float32')));
  });
  return [tf.stack([dot(dys, us), dot(pullback(us), vs), numeric, tf.addN(away)])];
}

for (const family of tf.getBackend() === 'webgl' ? [...families, ...onlyHere] : families) {
  const { default: cases } = tables[`../rules/cases/${family}.ts`]!;
  const isFloat = (c: RuleCase): boolean => c.args.some(({ dtype = 'float32' }) => dtype === 'float32');
  const chosen = firstOfEach(
    computable(cases).filter((c) => isFloat(c) && !c.constant && !c.missing?.[tf.getBackend()] && !c.loops),
    onlyHere.includes(family) ? 1 : 2,
  );
  test(`rules: ${family}`, async () => {
    const failures: string[] = [];
    for (const c of chosen) {
      try {
        const [values] = await read(() => measured(c));
        const [forward, reverse, numeric, away] = values as unknown as [number, number, number, number];
        const scale = 1 + Math.abs(numeric);
        const isRight =
          Math.abs(forward - reverse) < 2e-3 * scale &&
          Math.abs(forward - numeric) < 3e-2 * scale &&
          away < 1e-3;
        if (!isRight)
          failures.push(`${c.kernel}, ${c.name}: ${[forward, reverse, numeric, away].join(', ')}`);
      } catch (error) {
        failures.push(`${c.kernel}, ${c.name}: ${String(error)}`);
      }
    }
    expect(failures).toEqual([]);
  });
}
