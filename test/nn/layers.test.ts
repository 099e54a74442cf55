import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, jit, tree } from '../../src';
import * as nn from '../../src/nn';
import { checkGrads } from '../../src/testing';
import { closeTo } from '../support/cases';
import { share } from '../support/runs';
import reference from './jax_reference.json';
import { init } from './init';

interface Stored {
  shape: number[];
  values: number[];
}

const isStored = (node: unknown): boolean => Array.isArray((node as Partial<Stored> | null)?.values);
const restore = (stored: unknown): any =>
  tree.map(({ values, shape }: Stored) => tf.tensor(values, shape, 'float32'), stored, { isLeaf: isStored });

/** The layers of jax_reference.py, by its names. */
const layers: Record<string, () => nn.AnyLayer> = {
  dense: () => nn.dense(4),
  conv1d: () => nn.conv1d(4, 3, { strides: 2 }),
  'conv1d dilated': () => nn.conv1d(4, 3, { padding: 'valid', dilation: 2 }),
  conv2d: () => nn.conv2d(6, [3, 2]),
  'conv2d strided': () => nn.conv2d(6, [3, 2], { strides: [2, 1], padding: 'valid', useBias: false }),
  'conv2d padded': () => nn.conv2d(6, [3, 2], { strides: 2, padding: 1 }),
  'conv2d grouped': () => nn.conv2d(6, [3, 2], { groups: 2 }),
  depthwise: () => nn.depthwiseConv2d(3, { strides: 2, multiplier: 2 }),
  'transposed same': () => nn.convTranspose2d(5, 3, { strides: 2 }),
  'transposed valid': () => nn.convTranspose2d(5, 3, { strides: 2, padding: 'valid' }),
  conv3d: () => nn.conv3d(3, 2, { strides: [1, 2, 1] }),
  patchEmbedding: () => nn.patchEmbedding(5, 2),
  layerNorm: () => nn.layerNorm(),
  groupNorm: () => nn.groupNorm(3),
  batchNorm: () => nn.batchNorm(),
  'batchNorm in training': () => nn.batchNorm({ decay: 0.8 }),
  attention: () => nn.attention({ heads: 3 }),
  'attention causal': () => nn.attention({ heads: 3, causal: true }),
  gelu: () => nn.activation(nn.gelu),
  'gelu by tanh': () => nn.activation((x) => nn.gelu(x, { approximate: true })),
  silu: () => nn.activation(nn.silu),
  squeezeExcitation: () => nn.squeezeExcitation(2),
  rnn: () => nn.rnn(2),
  lstm: () => nn.lstm(2),
  'lstm, last output': () => nn.lstm(2, { sequences: false }),
  gru: () => nn.gru(2),
  maxPool: () => nn.maxPool(2),
  avgPool: () => nn.avgPool(2),
  globalAvgPool: () => nn.globalAvgPool(),
};

describe('layers compute what JAX does (float64), in the shapes that init promises', () => {
  it('all that the reference has', () => {
    expect(Object.keys(layers).sort()).toEqual(Object.keys(reference.layers).sort());
  });

  for (const [name, make] of Object.entries(layers)) {
    it(name, () =>
      tf.tidy(() => {
        const stored = reference.layers[name as keyof typeof reference.layers];
        const { x, params, y, ...rest } = restore(stored);
        const layer = make();
        const made = init(layer, x.shape.slice(1));
        const avals = (t: unknown): string[][] =>
          tree.leavesWithPath(t).map(([path, leaf]) => [path, String((leaf as tf.Tensor).shape)]);
        expect(avals(made.params)).toEqual(avals(params));
        const [found, state] = layer.apply(params, rest.state ?? {}, x, { train: name.includes('training') });
        expect(found.shape.slice(1)).toEqual(made.outputShape);
        closeTo(found, y, 2e-6);
        if (rest.after)
          for (const key of ['mean', 'variance']) closeTo((state as any)[key], rest.after[key], 2e-6);
      }),
    );
  }
});

describe('initialisers draw the numbers of JAX', () => {
  for (const [name, drawn] of Object.entries(reference.initializers)) {
    it(name, () =>
      tf.tidy(() => {
        const make = nn.initializers[name as 'normal'];
        reference.shapes.forEach((shape, i) => {
          const found = (
            make.length > 0 || /^(normal|truncatedNormal|uniform)$/.test(name) ? make(0.5) : make()
          )(init.key(42), shape);
          closeTo(found, tf.tensor(drawn[i]!, shape), 2e-6);
        });
      }),
    );
  }

  it('orthogonal, for tall, wide and square matrices and kernels', () =>
    tf.tidy(() => {
      for (const shape of [
        [6, 3],
        [3, 6],
        [40, 40],
        [3, 3, 2, 8],
      ]) {
        const w = nn.initializers.orthogonal(2)(init.key(3), shape);
        expect(w.shape).toEqual(shape);
        const m = tf.reshape(w, [-1, shape.at(-1)!]) as tf.Tensor2D;
        const [rows, columns] = m.shape;
        const gram = rows >= columns ? tf.matMul(m, m, true) : tf.matMul(m, m, false, true);
        closeTo(gram, tf.mul(4, tf.eye(Math.min(rows, columns))), 2e-5);
      }
    }));
});

describe('every layer under the transformations', () => {
  /** The layer as a function of its parameters and input, and these. */
  const problemOf = (name: string) => {
    const { x, params, state = {} } = restore(reference.layers[name as keyof typeof reference.layers]);
    const layer = layers[name]!();
    const train = name.includes('training');
    const apply = (p: unknown, input: tf.Tensor): tf.Tensor => layer.apply(p, state, input, { train })[0];
    return { apply, params, x };
  };

  it.each(Object.keys(layers))('%s: gradients as central differences', (name) =>
    tf.tidy(() => {
      const { apply, params, x } = problemOf(name);
      // Not at the kinks: max pooling's windows have values apart from each other.
      checkGrads(apply, [params, x], { order: 1 });
    }),
  );

  it.each(share(Object.keys(layers), 0))('%s: the same gradients jitted', (name) =>
    tf.tidy(() => {
      const { apply, params, x } = problemOf(name);
      const loss = (p: unknown, input: tf.Tensor): tf.Tensor => tf.sum(tf.sin(apply(p, input)));
      const gradient = grad(loss as any, { argnums: [0, 1] }) as any;
      const jitted = jit(gradient);
      const [eager, compiled] = [gradient(params, x), (jitted as any)(params, x)];
      // Eager products have float64 sums on cpu where jitted ones have float32, and on webgpu sums of another order: what follows magnifies the difference.
      const within = ['cpu', 'webgpu'].includes(tf.getBackend()) ? 1e-4 : 1e-5;
      tree
        .leaves(eager)
        .forEach((t: any, i: number) => closeTo((tree.leaves(compiled) as any)[i], t, within));
      jitted.dispose();
    }),
  );
});
