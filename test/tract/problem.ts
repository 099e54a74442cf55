import * as tf from '@tensorflow/tfjs-core';
import seedrandom from 'seedrandom';
import { grad, tract, vjp } from '../../src';
import type { TractSettings } from '../../src';
import type { LayerCase } from './layerCases';
import { rows as asRows, type Matrix } from './oracle';

/** Data, weight and cotangent of a layer. */
export interface Problem {
  x: tf.Tensor;
  w: tf.Tensor;
  g: tf.Tensor;
}

export function uniform(shape: number[], seed: string, low = -1, high = 1): tf.Tensor {
  const next = seedrandom(seed);
  const size = shape.reduce((a, d) => a * d, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => low + (high - low) * next()),
    shape,
  );
}

/** The layer's output, computed inside a transformation: there kernels that the backend lacks are composed of others. */
export function outputOf(c: LayerCase, w: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return vjp((v: tf.Tensor) => c.apply(v, x), w)[0];
}

export function problemOf(c: LayerCase, seed = 'x'): Problem {
  const x = c.entries
    ? tf.cast(tf.floor(uniform(c.data, `${seed} data`, 0, c.entries)), 'int32')
    : uniform(c.data, `${seed} data`);
  const w = uniform(c.weight, `${seed} weight`);
  return { x, w, g: uniform(outputOf(c, w, x).shape, `${seed} cotangent`) };
}

/** tract's gradient of <layer(w, x), g>, which is that of a loss with dL/dz = g. */
export function gradientOf(
  apply: LayerCase['apply'],
  { x, w, g }: Problem,
  options?: number | TractSettings,
): tf.Tensor {
  return grad(tract((v: tf.Tensor, d: tf.Tensor) => tf.sum(tf.mul(apply(v, d), g)), options))(w, x);
}

export function plainGradientOf(apply: LayerCase['apply'], { x, w, g }: Problem): tf.Tensor {
  return grad((v: tf.Tensor, d: tf.Tensor) => tf.sum(tf.mul(apply(v, d), g)))(w, x);
}

/** A stack of matrices as arrays. */
export function stackOf(t: tf.Tensor): Matrix[] {
  const [stacks, , columns] = t.shape as [number, number, number];
  const values = Array.from(t.dataSync());
  const size = values.length / stacks;
  return Array.from({ length: stacks }, (_, s) => asRows(values.slice(s * size, (s + 1) * size), columns));
}

/**
 * The rows of x that a layer multiplies by its weights, one matrix for each stack: found by applying it to each unit weight, independently
 * of how the library unfolds.
 */
export function rowsByProbing(c: LayerCase, x: tf.Tensor): Matrix[] {
  return tf.tidy(() => {
    const shape = c.matrices(tf.zeros(c.weight)).shape as [number, number, number];
    const [stacks, n, m] = shape;
    const size = stacks * n * m;
    // Where each entry of the weight is among the matrices.
    const places = c.matrices(tf.reshape(tf.range(0, size), c.weight)).dataSync();
    const unit = (s: number, i: number): tf.Tensor => {
      const values = new Float32Array(size);
      values[places[(s * n + i) * m]!] = 1;
      return tf.tensor(values, c.weight);
    };
    return Array.from({ length: stacks }, (_, s) => {
      const columns = Array.from({ length: n }, (_, i) =>
        stackOf(c.rows(outputOf(c, unit(s, i), x)))[s]!.map((row) => row[0]!),
      );
      return columns[0]!.map((_, r) => columns.map((column) => column[r]!));
    });
  });
}
