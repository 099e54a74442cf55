import * as tf from '@tensorflow/tfjs-core';
import { affine, dense, gelu, layerNorm, norm, type Affine, type Norm } from './plain';
import type { Model } from './workload';

interface Options {
  size: number;
  patch: number;
  layers: number;
  heads: number;
  features: number;
  hidden: number;
  classes: number;
}

interface Block {
  norm1: Norm;
  query: Affine;
  key: Affine;
  value: Affine;
  out: Affine;
  norm2: Norm;
  mlp1: Affine;
  mlp2: Affine;
}

interface Params {
  patches: Affine;
  token: tf.Tensor;
  positions: tf.Tensor;
  blocks: Block[];
  norm: Norm;
  head: Affine;
}

/** A vision transformer with a class token; like the one of the TrAct paper's experiments it activates the output of its perceptrons, too. */
export function vit({ size, patch, layers, heads, features: n, hidden, classes }: Options): Model {
  const count = (size / patch) ** 2 + 1;
  return {
    init: (): Params => ({
      patches: affine(patch * patch * 3, n),
      token: tf.zeros([1, 1, n]),
      positions: tf.randomNormal([1, count, n], 0, 0.02, 'float32', 1),
      blocks: Array.from({ length: layers }, () => ({
        norm1: norm(n),
        query: affine(n, n),
        key: affine(n, n),
        value: affine(n, n),
        out: affine(n, n),
        norm2: norm(n),
        mlp1: affine(n, hidden),
        mlp2: affine(hidden, n),
      })),
      norm: norm(n),
      head: affine(n, classes),
    }),
    logits(params, images) {
      const p = params as Params;
      const b = images.shape[0]!;
      const rows = size / patch;
      const cut = tf.transpose(tf.reshape(images, [b * rows, patch, rows, patch * 3]), [0, 2, 1, 3]);
      const embedded = tf.reshape(dense(p.patches, tf.reshape(cut, [-1, patch * patch * 3])), [b, -1, n]);
      let x = tf.add(tf.concat([tf.tile(p.token, [b, 1, 1]), embedded], 1), p.positions);
      for (const block of p.blocks) {
        x = tf.add(x, attention(block, layerNorm(block.norm1, x), heads));
        x = tf.add(x, gelu(dense(block.mlp2, gelu(dense(block.mlp1, layerNorm(block.norm2, x))))));
      }
      return dense(p.head, layerNorm(p.norm, tf.reshape(tf.slice(x, [0, 0, 0], [b, 1, n]), [b, n])));
    },
  };
}

function attention(p: Block, x: tf.Tensor, heads: number): tf.Tensor {
  const [b, length, n] = x.shape as [number, number, number];
  const split = (q: Affine, order: number[]): tf.Tensor =>
    tf.transpose(tf.reshape(dense(q, x), [b, length, heads, n / heads]), order);
  const q = tf.mul(split(p.query, [0, 2, 1, 3]), (n / heads) ** -0.5);
  const scores = tf.softmax(tf.matMul(q, split(p.key, [0, 2, 3, 1])));
  const mixed = tf.transpose(tf.matMul(scores, split(p.value, [0, 2, 1, 3])), [0, 2, 1, 3]);
  return dense(p.out, tf.reshape(mixed, [b, length, n]));
}
