import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { jit, random, tree, vmap } from '../../src';
import * as nn from '../../src/nn';
import { init } from './init';

const values = (t: tf.Tensor): number[] => Array.from(t.dataSync());

describe('random layers', () => {
  for (const [name, layer, group] of [
    ['dropout', nn.dropout(0.25), 1],
    ['stochasticDepth', nn.stochasticDepth(0.25), 6],
  ] as const) {
    it(`${name} keeps a share of 1 - rate, scaled, and is a function of the key`, () =>
      tf.tidy(() => {
        const x = tf.ones([400, 2, 3]);
        const [a, b, c] = [1, 1, 2].map((seed) =>
          values(layer.apply({}, {}, x, { train: true, key: random.key(seed) })[0]),
        );
        expect(a).toEqual(b);
        expect(a).not.toEqual(c);
        expect(new Set(a!.map((v) => v.toFixed(4)))).toEqual(new Set(['0.0000', '1.3333']));
        for (let i = 0; i < a!.length; i += group) expect(new Set(a!.slice(i, i + group)).size).toBe(1);
        const kept = a!.filter(Boolean).length / a!.length;
        // Four standard deviations of a share of 2400 / group draws.
        expect(Math.abs(kept - 0.75)).toBeLessThan(4 * Math.sqrt((0.75 * 0.25 * group) / 2400));
        expect(values(layer.apply({}, {}, x)[0])).toEqual(values(x));
      }));

    it(`${name} asks for a key in training`, () =>
      tf.tidy(() => {
        expect(() => layer.apply({}, {}, tf.ones([2, 2]), { train: true })).toThrow(
          `${name}: training needs a key`,
        );
      }));
  }

  it('of a sequence draw from keys of their own', () =>
    tf.tidy(() => {
      const net = nn.sequential(nn.dropout(0.5), nn.dropout(0.5));
      const x = tf.ones([1, 1000]);
      const kept = values(net.apply([{}, {}], [{}, {}], x, { train: true, key: random.key(5) })[0]);
      // With one key for both, half would stay.
      expect(Math.abs(kept.filter(Boolean).length / 1000 - 0.25)).toBeLessThan(0.06);
    }));
});

describe('sequential and residual', () => {
  const net = nn.sequential({
    conv: nn.conv2d(4, 3),
    norm: nn.batchNorm(),
    inner: nn.sequential(nn.relu(), nn.globalAvgPool()),
    head: nn.residual(nn.sequential(nn.dense(4), nn.activation(tf.tanh))),
  });

  it('have the parameters and state of their layers, by name or position', () =>
    tf.tidy(() => {
      const { params, state, outputShape } = init(net, [6, 5, 2]);
      expect(tree.leafPaths(tree.structure(params))).toEqual([
        'conv/bias',
        'conv/kernel',
        'head/0/bias',
        'head/0/kernel',
        'norm/bias',
        'norm/scale',
      ]);
      expect(tree.leafPaths(tree.structure(state))).toEqual(['norm/mean', 'norm/variance']);
      expect(outputShape).toEqual([4]);
      expect(net.apply(params, state, tf.zeros([3, 6, 5, 2]))[0].shape).toEqual([3, 4]);
    }));

  it('leave nothing but their results outside a tidy scope', () => {
    const key = random.key(1);
    const before = tf.memory().numTensors;
    const { params, state } = net.init(key, [6, 5, 2]);
    expect(tf.memory().numTensors - before).toBe(6 + 2);
    const x = tf.zeros([3, 6, 5, 2]);
    const [y, next] = net.apply(params, state, x, { train: true });
    expect(tf.memory().numTensors - before).toBe(6 + 2 + 1 + 1 + 2);
    tree.dispose([key, params, state, x, y, next]);
  });

  it('draw different numbers for different keys, the same for the same, and under jit', () => {
    const draw = jit((key: tf.Tensor) => net.init(key, [6, 5, 2]).params);
    tf.tidy(() => {
      const kernel = (seed: number): number[] => values(init(net, [6, 5, 2], seed).params.conv.kernel);
      expect(kernel(1)).toEqual(kernel(1));
      expect(kernel(1)).not.toEqual(kernel(2));
      // Loops on wasm have logarithms of their own.
      values(draw(random.key(1)).conv.kernel).forEach((v, i) => expect(v).toBeCloseTo(kernel(1)[i]!, 6));
    });
    draw.dispose();
  });

  it('map over examples under vmap as over a batch', () =>
    tf.tidy(() => {
      const { params, state } = init(net, [6, 5, 2]);
      const x = random.normal(random.key(9), [3, 6, 5, 2]);
      const one = (image: tf.Tensor): tf.Tensor =>
        tf.squeeze(net.apply(params, state, tf.expandDims(image))[0], [0]);
      const [each, whole] = [vmap(one)(x), net.apply(params, state, x)[0]];
      values(each).forEach((v, i) => expect(v).toBeCloseTo(values(whole)[i]!, 5));
    }));

  it('residualWith adds a shortcut of another shape', () =>
    tf.tidy(() => {
      const layer = nn.residualWith(nn.dense(3), nn.dense(3, { useBias: false }));
      const { params, state, outputShape } = init(layer, [2]);
      expect(outputShape).toEqual([3]);
      const x = tf.tensor2d([[1, -2]]);
      const expected = tf.add(tf.matMul(x, params.main.kernel), tf.matMul(x, params.shortcut.kernel));
      expect(values(layer.apply(params, state, x)[0])).toEqual(values(expected));
    }));
});

describe('batchNorm', () => {
  it('reaches the statistics of its data', () =>
    tf.tidy(() => {
      const layer = nn.batchNorm({ decay: 0.5 });
      const made = init(layer, [2]);
      const { params } = made;
      let { state } = made;
      const x = tf.tensor2d([
        [1, 10],
        [3, 30],
      ]);
      for (let i = 0; i < 30; i++) state = layer.apply(params, state, x, { train: true })[1];
      values(state.mean).forEach((v, i) => expect(v).toBeCloseTo([2, 20][i]!, 4));
      values(state.variance).forEach((v, i) => expect(v).toBeCloseTo([1, 100][i]!, 4));
      const [y, same] = layer.apply(params, state, x);
      values(y).forEach((v, i) => expect(v).toBeCloseTo([-1, -1, 1, 1][i]!, 4));
      expect(same).toBe(state);
    }));
});

describe('embedding and tokens', () => {
  it('embedding looks rows up', () =>
    tf.tidy(() => {
      const layer = nn.embedding(5, 3);
      const { params, outputShape } = init(layer, [2]);
      expect(outputShape).toEqual([2, 3]);
      const [y] = layer.apply(params, {}, tf.tensor2d([[4, 0]], [1, 2], 'int32'));
      expect(values(y)).toEqual([...values(params.table).slice(12), ...values(params.table).slice(0, 3)]);
      expect(() => layer.apply(params, {}, tf.zeros([1, 2]))).toThrow(/symbols must be int32/);
    }));

  it('classToken goes in front, takePosition takes from both ends', () =>
    tf.tidy(() => {
      const x = tf.tensor3d([1, 2, 3, 4], [1, 2, 2]);
      const token = nn.classToken();
      const [y] = token.apply({ token: tf.tensor2d([[8, 9]]) }, {}, x);
      expect(values(y)).toEqual([8, 9, 1, 2, 3, 4]);
      expect(values(nn.takePosition(0).apply({}, {}, y)[0])).toEqual([8, 9]);
      expect(values(nn.takePosition(-1).apply({}, {}, y)[0])).toEqual([3, 4]);
      const positions = nn.positionEmbedding().apply({ positions: tf.ones([2, 2]) }, {}, x)[0];
      expect(values(positions)).toEqual([2, 3, 4, 5]);
    }));
});

describe('summary', () => {
  it('counts parameters and operations of every layer, and computes nothing', () => {
    const before = tf.memory().numTensors;
    const found = nn.summary(
      nn.sequential({ conv: nn.conv2d(8, 3), flat: nn.flatten(), head: nn.dense(5) }),
      [4, 4, 3],
    );
    expect(tf.memory().numTensors).toBe(before);
    expect(found.parameters).toBe(3 * 3 * 3 * 8 + 8 + 128 * 5 + 5);
    expect(found.operations).toBe(2 * 16 * 27 * 8 + 2 * 128 * 5);
    expect(found.rows.map(({ path, outputShape }) => [path, outputShape])).toEqual([
      ['', [5]],
      ['conv', [4, 4, 8]],
      ['flat', [128]],
      ['head', [5]],
    ]);
    expect(`${found}`.split('\n')).toHaveLength(5);
    expect(`${found}`).toMatch(/^conv +conv2d +\[4, 4, 8\] +224 +6,912$/m);
  });
});

describe('named errors', () => {
  it.each([
    [() => nn.dense(0), /dense: features must be a positive whole number/],
    [() => nn.dense('10' as never), /dense: features must be a number, got the string "10"/],
    [() => nn.conv2d(4, 3, { padding: 'full' as never }), /conv2d: padding/],
    [() => nn.conv2d(4, [3, 3, 3]), /conv2d: size must have one size for each of 2 axes, got 3/],
    [
      () => init(nn.conv2d(4, 3), [3, 3]),
      /conv2d: expected examples of shape \[height, width, channels\], got \[3,3\]/,
    ],
    [() => init(nn.conv2d(4, 9, { padding: 'valid' }), [5, 5, 1]), /a window of \[9,9\] is larger/],
    [() => init(nn.conv2d(4, 3, { groups: 3 }), [5, 5, 4]), /3 groups must divide/],
    [() => init(nn.groupNorm(3), [5, 5, 4]), /groupNorm: 3 groups do not divide 4/],
    [() => init(nn.attention({ heads: 5 }), [4, 6]), /5 heads do not divide 6/],
    [() => init(nn.patchEmbedding(4, 3), [8, 8, 3]), /do not tile an image of 8 x 8/],
    [() => init(nn.residual(nn.dense(3)), [2]), /residual: shapes to add differ: \[3\] and \[2\]/],
    [() => init(nn.takePosition(2), [2, 3]), /out of bounds/],
    [() => nn.dropout(1), /dropout: rate/],
    [() => nn.batchNorm({ decay: 1 }), /decay/],
    [() => nn.sequential({ a: {} as never }), /"a" is no layer/],
    [
      () => nn.sequential({ a: nn.dense(1) }).apply({} as never, { a: {} }, tf.ones([1, 1])),
      /sequential: params: unexpected tree structure at the root: expected an object with keys a, got/,
    ],
    [
      () => init(nn.dense(3), 4 as never),
      /dense: inputShape, of one example without the batch, must be an array of sizes, got the number 4/,
    ],
    [() => nn.dense(3).apply({} as never, {}, [1] as never), /takes a tensor x/],
    [() => nn.initializers.heNormal()(random.key(1), [3]), /two axes or more/],
    [() => nn.layerNorm({ eps: -1 }), /layerNorm: eps must be 0 or more and finite, got -1/],
    [() => nn.batchNorm({ eps: -1 }), /batchNorm: eps/],
    [() => nn.groupNorm(1, { eps: '1' as never }), /groupNorm: eps must be a number, got the string "1"/],
    [() => nn.dense(2, { kernelInit: 5 as never }), /dense: kernelInit must be a function, got the number 5/],
    ...[
      nn.dense(2, { kernelInit: () => tf.ones([2]) }),
      nn.dense(2, { biasInit: () => tf.ones([3]) }),
      nn.gru(2, { inputInit: () => tf.ones([2]) }),
      nn.gru(2, { recurrentInit: () => 1 as never }),
      nn.classToken({ init: () => tf.ones([2]) }),
      nn.positionEmbedding({ init: () => tf.ones([2]) }),
      nn.embedding(2, 3, { init: () => tf.ones([3, 2]) }),
    ].map((layer): [() => unknown, RegExp] => [
      () => layer.init(random.key(1), [4, 3]),
      new RegExp(`${layer.name}: an initialiser must return a tensor of shape`),
    ]),
    [
      () => nn.dense(3).apply(null as never, {}, tf.ones([1, 2])),
      /dense: params: unexpected tree structure at the root: expected .* keys bias, kernel, got null/,
    ],
    [
      () => nn.batchNorm().apply(undefined as never, {} as never, tf.ones([1, 2])),
      /batchNorm: params: unexpected tree structure at the root: expected .* keys bias, scale, got undefined/,
    ],
    [() => nn.sequential(1 as never), /sequential: "0" is no layer/],
    [() => nn.sequential(nn.relu as never), /sequential: "0" is no layer/],
    [() => nn.residual(1 as never), /residual: f is no layer/],
    [() => nn.residualWith(nn.relu(), 1 as never), /residualWith: shortcut is no layer/],
  ])('%#', (f, message) =>
    tf.tidy(() => {
      expect(f).toThrow(message);
    }),
  );
});
