import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

/** A tensor in, a tensor out; smooth where the values are of the order of 1. */
export type Step = (x: tf.Tensor) => tf.Tensor;

export interface Program {
  readonly shape: number[];
  readonly run: Step;
  /** How fast-check shows a counterexample. */
  toString(): string;
}

/** One kind of step: whether it takes a shape, and what it then does. `pick` is a number to choose among variants. */
interface Kind {
  readonly name: string;
  readonly fits: (shape: number[]) => boolean;
  readonly make: (shape: number[], pick: number) => Step;
}

const always = (_shape: number[]): boolean => true;
const rankAtLeast =
  (rank: number) =>
  (shape: number[]): boolean =>
    shape.length >= rank;
const simple = (name: string, step: Step, fits = always): Kind => ({ name, fits, make: () => step });

/** Fixed numbers between -1 and 1 for a shape, so that a program is a function of its input only. */
const weights = (shape: number[], seed: number): tf.Tensor => {
  const size = shape.reduce((a, d) => a * d, 1);
  return tf.tensor(
    Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + 4.1414 * (seed % 97))),
    shape,
  );
};
const axisOf = (shape: number[], pick: number): number => pick % shape.length;
const bounded = (x: tf.Tensor): tf.Tensor => tf.tanh(x);

/** Steps from every family of kernels. Each leaves values within about [-3, 3], so that compositions stay tame. */
export const KINDS: readonly Kind[] = [
  simple('tanh', (x) => tf.tanh(x)),
  simple('sin', (x) => tf.sin(x)),
  simple('sigmoid', (x) => tf.sigmoid(x)),
  simple('exp', (x) => tf.exp(tf.neg(tf.square(x)))),
  simple('softplus', (x) => tf.sub(tf.softplus(x), 1)),
  simple('log', (x) => tf.log(tf.add(1.5, bounded(x)))),
  simple('sqrt', (x) => tf.sqrt(tf.add(1.5, bounded(x)))),
  simple('reciprocal', (x) => tf.reciprocal(tf.add(2, bounded(x)))),
  simple('pow', (x) => tf.pow(tf.add(2, bounded(x)), 1.5)),
  simple('erf', (x) => tf.erf(x)),
  simple('atan2', (x) => tf.atan2(x, tf.add(2, tf.square(x)))),
  simple('elu', (x) => tf.elu(tf.add(x, 4))),
  simple('div', (x) => tf.div(x, tf.add(1, tf.square(x)))),
  simple('twice', (x) => tf.mul(bounded(x), tf.cos(x))),
  simple('where', (x) => tf.where(tf.greater(tf.sin(tf.mul(3, x)), 0.1), tf.sin(x), tf.mul(0.5, x))),
  { name: 'add', fits: always, make: (shape, pick) => (x) => bounded(tf.add(x, weights(shape, pick))) },
  { name: 'mul', fits: always, make: (shape, pick) => (x) => tf.mul(x, weights(shape, pick)) },
  {
    name: 'broadcast',
    fits: rankAtLeast(1),
    make: (shape, pick) => (x) => tf.mul(tf.add(x, weights(shape.slice(-1), pick)), 0.5),
  },
  {
    name: 'sum',
    fits: rankAtLeast(1),
    make: (shape, pick) => (x) => bounded(tf.sum(x, axisOf(shape, pick))),
  },
  { name: 'mean', fits: rankAtLeast(1), make: (shape, pick) => (x) => tf.mean(x, axisOf(shape, pick), true) },
  {
    name: 'prod',
    fits: rankAtLeast(1),
    make: (shape, pick) => (x) => tf.prod(bounded(x), axisOf(shape, pick)),
  },
  {
    name: 'cumsum',
    fits: rankAtLeast(1),
    make: (shape, pick) => (x) => bounded(tf.cumsum(x, axisOf(shape, pick))),
  },
  {
    name: 'logSumExp',
    fits: rankAtLeast(1),
    make: (shape, pick) => (x) => tf.logSumExp(x, axisOf(shape, pick)),
  },
  simple('softmax', (x) => tf.softmax(x), rankAtLeast(1)),
  simple('logSoftmax', (x) => tf.div(tf.logSoftmax(x), 3), rankAtLeast(1)),
  { name: 'reverse', fits: rankAtLeast(1), make: (shape, pick) => (x) => tf.reverse(x, axisOf(shape, pick)) },
  simple('transpose', (x) => tf.transpose(x), rankAtLeast(2)),
  simple('flatten', (x) => tf.reshape(x, [-1]), rankAtLeast(2)),
  simple(
    'expandDims',
    (x) => tf.expandDims(x, 0),
    (shape) => shape.length < 3,
  ),
  {
    name: 'slice',
    fits: (shape) => shape.length > 0 && shape.at(-1)! > 1,
    make: (shape) => (x) => tf.slice(x, [...shape.slice(1).map(() => 0), 1]),
  },
  {
    name: 'gather',
    fits: rankAtLeast(1),
    make: (shape, pick) => (x) => {
      const axis = axisOf(shape, pick);
      const n = shape[axis]!;
      return tf.gather(x, tf.tensor1d([n - 1, 0, pick % n], 'int32'), axis);
    },
  },
  { name: 'tile', fits: (shape) => shape.length === 1 && shape[0]! < 5, make: () => (x) => tf.tile(x, [2]) },
  {
    name: 'pad',
    fits: (shape) => shape.length > 0 && shape.every((d) => d < 6),
    make: (shape) => (x) =>
      tf.pad(
        x,
        shape.map((_, i) => (i === 0 ? [1, 0] : [0, 0]) as [number, number]),
      ),
  },
  {
    name: 'concat',
    fits: (shape) => shape.length > 0 && shape[0]! < 5,
    make: () => (x) => tf.concat([x, tf.sin(x)], 0),
  },
  { name: 'stack', fits: (shape) => shape.length < 3, make: () => (x) => tf.stack([x, tf.cos(x)], -1) },
  {
    name: 'matMul',
    fits: rankAtLeast(2),
    make: (shape, pick) => (x) => bounded(tf.matMul(x, weights([shape.at(-1)!, 1 + (pick % 4)], pick))),
  },
  {
    name: 'gramian',
    fits: (shape) => shape.length === 2,
    make: (_, pick) => (x) => bounded(pick % 2 ? tf.matMul(x, x, true) : tf.matMul(x, x, false, true)),
  },
  {
    name: 'einsum',
    fits: (shape) => shape.length === 2,
    make: (shape, pick) => (x) => bounded(tf.einsum('ij,kj->ki', x, weights([3, shape[1]!], pick))),
  },
  {
    name: 'conv2d',
    fits: (shape) => shape.length === 2 && shape.every((d) => d > 1),
    make: (shape, pick) => (x) => {
      const image = tf.reshape(x, [1, ...(shape as [number, number]), 1]) as tf.Tensor4D;
      const y = tf.conv2d(image, weights([2, 2, 1, 2], pick) as tf.Tensor4D, 1, pick % 2 ? 'same' : 'valid');
      return bounded(tf.squeeze(y, [0]));
    },
  },
  // Piecewise ones: at a kink both modes must still make the same choice.
  simple('relu', (x) => tf.relu(tf.sin(tf.mul(4, x)))),
  simple('clip', (x) => tf.clipByValue(x, -0.4, 0.5)),
  simple('maximum', (x) => tf.maximum(x, tf.sin(tf.mul(2, x)))),
  { name: 'max', fits: rankAtLeast(1), make: (shape, pick) => (x) => tf.max(x, axisOf(shape, pick), true) },
  {
    name: 'topk',
    fits: rankAtLeast(1),
    make: (shape) => (x) => tf.topk(x, Math.min(2, shape.at(-1)!)).values,
  },
  {
    name: 'batchNorm',
    fits: rankAtLeast(2),
    make: (shape, pick) => (x) => {
      const { mean, variance } = tf.moments(
        x,
        shape.slice(1).map((_, i) => i),
      );
      const scale = weights(shape.slice(-1), pick) as tf.Tensor1D;
      return bounded(tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, scale, scale, 0.5));
    },
  },
  {
    name: 'maxPool',
    fits: (shape) => shape.length === 2 && shape.every((d) => d > 1),
    make: (shape) => (x) =>
      tf.squeeze(
        tf.maxPool(tf.reshape(x, [1, ...(shape as [number, number]), 1]) as tf.Tensor4D, 2, 1, 'valid'),
        [0, 3],
      ),
  },
  {
    name: 'depthwise',
    fits: (shape) => shape.length === 3 && shape[0]! > 1 && shape[1]! > 1,
    make: (shape, pick) => (x) =>
      bounded(
        tf.squeeze(
          tf.depthwiseConv2d(
            tf.expandDims(x, 0) as tf.Tensor4D,
            weights([2, 2, shape[2]!, 1], pick) as tf.Tensor4D,
            1,
            'valid',
          ),
          [0],
        ),
      ),
  },
  {
    name: 'avgPool',
    fits: (shape) => shape.length === 2 && shape.every((d) => d > 1),
    make: (shape) => (x) =>
      tf.squeeze(
        tf.avgPool(tf.reshape(x, [1, ...(shape as [number, number]), 1]) as tf.Tensor4D, 2, 1, 'same'),
        [0, 3],
      ),
  },
];

/** Those that run here without any transformation: wasm has no einsum. */
const usable = KINDS.filter(({ name }) => name !== 'einsum' || tf.getKernel('Einsum', tf.getBackend()));
const drawn = fc.array(fc.tuple(fc.nat(usable.length - 1), fc.nat(1000)), {
  minLength: 2,
  maxLength: 7,
  size: 'max',
});
const size = fc.integer({ min: 1, max: 4 });
const shapes = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(size, size) },
  { weight: 2, arbitrary: fc.tuple(size) },
  { weight: 1, arbitrary: fc.constant([]) },
) as fc.Arbitrary<number[]>;

/** Compositions of random steps on a random shape; a step that does not fit the shape that it meets is left out. */
export const programs: fc.Arbitrary<Program> = fc.tuple(shapes, drawn).map(([shape, picks]) => {
  const steps: Step[] = [];
  const names: string[] = [];
  tf.tidy(() => {
    let x: tf.Tensor = tf.zeros(shape);
    for (const [index, pick] of picks) {
      const kind = usable[index]!;
      if (!kind.fits(x.shape) || x.size > 200) continue;
      const step = kind.make(x.shape, pick);
      names.push(`${kind.name}(${pick})`);
      steps.push(step);
      x = step(x);
    }
  });
  return {
    shape,
    run: (x: tf.Tensor) => steps.reduce((y, step) => step(y), x),
    toString: () => `[${shape.join(',')}] -> ${names.join(' -> ')}`,
  };
});

/** Numbers in [-1, 1] for a shape. */
export function numbers(shape: number[], seed: number): tf.Tensor {
  return weights(shape, seed + 31);
}

/** Largest difference, relative to the larger of 1 and the values. */
export function distance(a: tf.Tensor, b: tf.Tensor): number {
  if (a.shape.join() !== b.shape.join()) return Infinity;
  const [x, y] = [a.dataSync(), b.dataSync()];
  let worst = 0;
  for (let i = 0; i < x.length; i++) {
    const off = Math.abs(x[i]! - y[i]!) / Math.max(1, Math.abs(y[i]!));
    // A NaN is a failure, not a small number.
    if (!(off <= worst)) worst = Number.isNaN(off) ? Infinity : off;
  }
  return worst;
}

export function dot(a: tf.Tensor, b: tf.Tensor): number {
  const [x, y] = [a.dataSync() as Float32Array, b.dataSync()];
  return x.reduce((sum, v, i) => sum + v * y[i]!, 0);
}

export const norm = (a: tf.Tensor): number => Math.sqrt(dot(a, a));
