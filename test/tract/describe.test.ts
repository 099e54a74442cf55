import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkpoint, jit, tract } from '../../src';
import { isStandIn } from '../support/runs';
import { uniform } from './problem';

type Params = Record<string, tf.Tensor>;

const inTidy = (name: string, body: () => void): void => it(name, () => tf.tidy(body));

/** A symmetric matrix's eigenvalues by Jacobi's rotations, in float64. */
function eigenvalues(a: number[][]): number[] {
  const n = a.length;
  const m = a.map((row) => row.slice());
  for (let sweep = 0; sweep < 60; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(m[p]![q]!) < 1e-300) continue;
        const theta = (m[q]![q]! - m[p]![p]!) / (2 * m[p]![q]!);
        const t = (Math.sign(theta) || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cos = 1 / Math.sqrt(t * t + 1);
        const sin = t * cos;
        for (let k = 0; k < n; k++) {
          const [kp, kq] = [m[k]![p]!, m[k]![q]!];
          m[k]![p] = cos * kp - sin * kq;
          m[k]![q] = sin * kp + cos * kq;
        }
        for (let k = 0; k < n; k++) {
          const [pk, qk] = [m[p]![k]!, m[q]![k]!];
          m[p]![k] = cos * pk - sin * qk;
          m[q]![k] = sin * pk + cos * qk;
        }
      }
    }
  }
  return m.map((row, i) => row[i]!).sort((x, y) => x - y);
}

function conditionOf(x: tf.Tensor, lambda: number): number {
  const gram = tf.div(tf.matMul(x, x, true), x.shape[0]!).arraySync() as number[][];
  const values = eigenvalues(gram);
  return (values.at(-1)! + lambda) / (Math.max(values[0]!, 0) + lambda);
}

// On webgpu and webgl values are not read on the way: condition numbers are NaN there.
const isMeasured = !isStandIn();

describe('tract.describe', () => {
  const image = (): tf.Tensor4D => uniform([4, 6, 6, 2], 'image', 0, 1) as tf.Tensor4D;
  const features = (): tf.Tensor => uniform([30, 5], 'features');
  const params = (): Params => ({
    filter: uniform([3, 3, 2, 4], 'filter'),
    dense: uniform([5, 4], 'dense'),
    head: uniform([4, 2], 'head'),
  });
  const model = (p: Params, u: tf.Tensor4D, v: tf.Tensor): tf.Tensor => {
    const a = tf.mean(tf.conv2d(u, p.filter as tf.Tensor4D, 1, 'same'), [1, 2]);
    const b = tf.mean(tf.matMul(v, tf.mul(p.dense!, 2)), 0);
    return tf.mean(tf.square(tf.matMul(tf.tanh(tf.add(a, b)), p.head!)));
  };

  inTidy('finds the first layers, their sizes and parameters', () => {
    const { layers, lambda } = tract.describe(model, params(), image(), features());
    expect(lambda).toBeCloseTo(0.1, 6);
    expect(layers).toMatchObject([
      {
        primitive: 'Conv2D',
        parameters: ['filter'],
        b: 4 * 36,
        n: 18,
        m: 4,
        stacks: 1,
        form: 'primal',
        uses: 1,
      },
      { primitive: 'BatchMatMul', parameters: ['dense'], b: 30, n: 5, m: 4, form: 'primal' },
    ]);
  });

  inTidy('measures condition numbers', () => {
    const linear = (w: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.sum(tf.matMul(x, w));
    for (const [x, lambda] of [
      [features(), 0.1],
      [features(), 1e-3],
      [uniform([4, 9], 'few'), 0.1],
      [uniform([40, 9], 'bright', 100, 255), 0.1],
    ] as const) {
      const [layer] = tract.describe(tract(linear, lambda), tf.ones([x.shape[1]!, 2]), x).layers;
      if (isMeasured) expect(layer!.condition / conditionOf(x, lambda)).toBeCloseTo(1, 1);
      else expect(layer!.condition).toBeNaN();
    }
  });

  inTidy('knows the form, the operations and their share of a step', () => {
    const linear = (w: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.sum(tf.matMul(x, w));
    const d = tract.describe(linear, tf.ones([100, 10]), uniform([20, 100], 'wide'));
    expect(d.layers[0]).toMatchObject({
      form: 'dual',
      operations: 20 * 20 * 100 + 20 ** 3 / 3 + 2 * 20 * 20 * 10,
    });
    expect(d.stepOperations).toBe(3 * (2 * 20 * 100 * 10 + 1));
    expect(d.share).toBeCloseTo(d.operations / (d.operations + d.stepOperations), 9);
    const primal = tract.describe(
      tract(linear, { form: 'primal' }),
      tf.ones([100, 10]),
      uniform([20, 100], 'w'),
    );
    expect(primal.layers[0]!.form).toBe('primal');
  });

  inTidy('counts uses, stacks and look-ups', () => {
    const twice = (w: tf.Tensor, x: tf.Tensor, y: tf.Tensor): tf.Tensor =>
      tf.add(tf.sum(tf.matMul(x, w)), tf.sum(tf.matMul(y, w)));
    const [layer, ...rest] = tract.describe(twice, tf.ones([5, 2]), features(), uniform([7, 5], 'y')).layers;
    expect(rest).toEqual([]);
    expect(layer).toMatchObject({ uses: 2, b: 37, parameters: [''] });

    const depthwise = (w: tf.Tensor4D, x: tf.Tensor4D): tf.Tensor =>
      tf.sum(tf.depthwiseConv2d(x, w, 1, 'same'));
    expect(tract.describe(depthwise, tf.ones([3, 3, 2, 1]) as tf.Tensor4D, image()).layers[0]).toMatchObject({
      stacks: 2,
      n: 9,
      m: 1,
    });

    const lookup = (w: tf.Tensor, i: tf.Tensor1D): tf.Tensor => tf.sum(tf.gather(w, i));
    const words = tf.tensor1d([0, 0, 0, 1, 4], 'int32');
    const [table] = tract.describe(lookup, tf.ones([6, 3]), words).layers;
    expect(table).toMatchObject({ form: 'diagonal', n: 6, m: 3, b: 5 });
    if (isMeasured) expect(table!.condition).toBeCloseTo((3 / 5 + 0.1) / 0.1, 5);
    else expect(table!.condition).toBeNaN();
  });

  inTidy('sees into jitted and checkpointed functions', () => {
    const compiled = jit(model);
    const inside = tract.describe(checkpoint(model), params(), image(), features());
    expect(inside.layers.map(({ primitive }) => primitive)).toEqual(['Conv2D', 'BatchMatMul']);
    expect(tract.describe(compiled, params(), image(), features()).layers).toHaveLength(2);
    compiled.dispose();
  });

  inTidy('reads well', () => {
    const text = String(tract.describe(tract(model, 0.05), params(), image(), features()));
    expect(text).toMatch(/^tract, lambda 0\.05: 2 first layers\n/);
    expect(text).toMatch(/Conv2D of filter: b 144, n 18, m 4, primal, .*operations/);
    expect(/condition number \d/.test(text)).toBe(isMeasured);
    expect(text).toMatch(/BatchMatMul of dense: b 30, n 5, m 4, primal/);
    expect(text).toMatch(/% of a step of/);
  });

  inTidy('says so where there is no first layer', () => {
    const scale = (w: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.sum(tf.mul(w, x));
    expect(() => tract.describe(scale, tf.ones([2]), tf.ones([2]))).toThrow(
      /tract\.describe\(scale\): no first layer/,
    );
  });
});
