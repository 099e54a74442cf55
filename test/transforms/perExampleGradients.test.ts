import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { grad, jit, tree, valueAndGrad, vmap } from '../../src';
import { argument } from '../support/cases';
import { close, values } from '../support/line';
import { share } from '../support/runs';

type Params = Record<string, tf.Tensor>;
type Loss = (p: Params, x: tf.Tensor, y: tf.Tensor) => tf.Tensor;

interface Net {
  readonly params: Record<string, number[]>;
  /** Shapes of one example. */
  readonly x: number[];
  readonly y: number[];
  readonly loss: Loss;
}

const squaredError = (output: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.mean(tf.squaredDifference(output, y));

const mlp: Net = {
  params: { w1: [5, 7], b1: [7], w2: [7, 4], b2: [4] },
  x: [5],
  y: [4],
  loss: (p, x, y) => {
    const hidden = tf.relu(tf.add(tf.matMul(tf.expandDims(x, 0), p.w1!), p.b1!));
    const logits = tf.add(tf.matMul(hidden, p.w2!), p.b2!);
    return tf.neg(tf.sum(tf.mul(tf.softmax(y), tf.logSoftmax(logits))));
  },
};

const convNet: Net = {
  params: {
    k1: [3, 3, 2, 4],
    scale: [4],
    offset: [4],
    k2: [3, 3, 4, 3],
    d: [2, 2, 3, 2],
    w: [24, 3],
    b: [3],
  },
  x: [8, 8, 2],
  y: [3],
  loss: (p, x, y) => {
    const first = tf.conv2d(tf.expandDims(x, 0) as tf.Tensor4D, p.k1 as tf.Tensor4D, 1, 'same');
    const { mean, variance } = tf.moments(first, [0, 1, 2]);
    const normal = tf.batchNorm(
      first,
      mean as tf.Tensor1D,
      variance as tf.Tensor1D,
      p.offset as tf.Tensor1D,
      p.scale as tf.Tensor1D,
      1e-3,
    );
    const pooled = tf.maxPool(tf.relu(normal), 2, 2, 'valid');
    const second = tf.avgPool(tf.elu(tf.conv2d(pooled, p.k2 as tf.Tensor4D, 1, 'same')), 2, 1, 'same');
    const third = tf.depthwiseConv2d(second, p.d as tf.Tensor4D, 2, 'same');
    const logits = tf.add(tf.matMul(tf.reshape(third, [1, -1]), p.w!), p.b!);
    return squaredError(tf.reshape(logits, [3]), y);
  },
};

/** Two heads, causal mask, layer normalisation, a residual and a feed-forward part. */
const attention: Net = {
  params: { q: [6, 6], k: [6, 6], v: [6, 6], o: [6, 6], gain: [6], up: [6, 8], down: [8, 6] },
  x: [4, 6],
  y: [4, 6],
  loss: (p, x, y) => {
    const normalised = (t: tf.Tensor): tf.Tensor => {
      const { mean, variance } = tf.moments(t, -1, true);
      return tf.mul(tf.mul(tf.sub(t, mean), tf.rsqrt(tf.add(variance, 1e-3))), p.gain!);
    };
    const heads = (t: tf.Tensor): tf.Tensor => tf.transpose(tf.reshape(t, [4, 2, 3]), [1, 0, 2]);
    const h = normalised(x);
    const [q, k, v] = ['q', 'k', 'v'].map((name) => heads(tf.matMul(h, p[name]!)));
    const scores = tf.div(tf.matMul(q!, k!, false, true), Math.sqrt(3));
    const causal = tf.tensor2d([
      [0, -1e9, -1e9, -1e9],
      [0, 0, -1e9, -1e9],
      [0, 0, 0, -1e9],
      [0, 0, 0, 0],
    ]);
    const mixed = tf.matMul(tf.softmax(tf.add(scores, causal)), v!);
    const merged = tf.reshape(tf.transpose(mixed, [1, 0, 2]), [4, 6]);
    const attended = tf.add(x, tf.matMul(merged, p.o!));
    const widened = tf.matMul(normalised(attended), p.up!);
    const gelu = tf.mul(widened, tf.mul(0.5, tf.add(1, tf.erf(tf.div(widened, Math.SQRT2)))));
    return squaredError(tf.add(attended, tf.matMul(gelu, p.down!)), y);
  },
};

/** A GRU over six time steps that starts from an embedding looked up by index. */
const rnn: Net = {
  params: { table: [5, 3], w: [5, 9], u: [3, 9], b: [9], out: [3, 2] },
  x: [6, 5],
  y: [2],
  loss: (p, x, y) => {
    let h = tf.gather(p.table!, tf.tensor1d([2], 'int32'));
    for (const step of tf.unstack(x)) {
      const gates = tf.add(tf.matMul(tf.expandDims(step, 0), p.w!), p.b!);
      const [zx, rx, nx] = tf.split(gates, 3, 1);
      const [zh, rh, nh] = tf.split(tf.matMul(h, p.u!), 3, 1);
      const z = tf.sigmoid(tf.add(zx!, zh!));
      const n = tf.tanh(tf.add(nx!, tf.mul(tf.sigmoid(tf.add(rx!, rh!)), nh!)));
      h = tf.add(tf.mul(tf.sub(1, z), n), tf.mul(z, h));
    }
    return squaredError(tf.reshape(tf.matMul(h, p.out!), [2]), y);
  },
};

const nets = {
  'an MLP': mlp,
  'a conv net with batch norm': convNet,
  'an attention block': attention,
  'an RNN': rnn,
};
const BATCH = 3;

afterEach(() => void vi.restoreAllMocks());

/** Runs `body` and returns what the loop fallback warned of. */
function loopsIn(body: () => void): string[] {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  body();
  return warn.mock.calls.map(String).filter((message) => message.includes('no batching rule'));
}

describe.each(Object.entries(nets))('per-example gradients of %s', (name, { params: shapes, x, y, loss }) => {
  const inShare = (test: number, title: string, body: () => void): void => {
    if (share(Object.keys(nets), test).includes(name)) it(title, () => tf.tidy(body));
  };
  const draw = (): [Params, tf.Tensor, tf.Tensor] => {
    const params = Object.fromEntries(
      Object.entries(shapes).map(([name, shape], i) => [
        name,
        argument({ shape, range: [-0.8, 0.8] }, i + 1),
      ]),
    );
    return [params, argument({ shape: [BATCH, ...x] }, 50), argument({ shape: [BATCH, ...y] }, 51)];
  };
  const loop = (f: (p: Params, x: tf.Tensor, y: tf.Tensor) => unknown): unknown => {
    const [p, xs, ys] = draw();
    const each = Array.from({ length: BATCH }, (_unused, i) =>
      f(p, tf.squeeze(tf.slice(xs, [i], [1]), [0]), tf.squeeze(tf.slice(ys, [i], [1]), [0])),
    );
    const rows = each.map((t) => tree.leaves(t as never) as tf.Tensor[]);
    return tree.unflatten(
      tree.structure(each[0]),
      rows[0]!.map((_leaf, k) => tf.stack(rows.map((row) => row[k]!))),
    );
  };
  const both = valueAndGrad(loss);

  it('equal a loop over the examples, without the loop fallback', () =>
    tf.tidy(() => {
      const expected = values(loop(both));
      let found: unknown;
      expect(loopsIn(() => (found = vmap(both, { inAxes: [null, 0, 0] })(...draw())))).toEqual([]);
      close(found, expected, 2e-4);
    }));

  inShare(0, 'under jit, and by jit inside', () => {
    const expected = values(loop(both));
    const [outside, inside] = [jit(vmap(both, { inAxes: [null, 0, 0] })), jit(both)];
    const looped = loopsIn(() => {
      close(outside(...draw()), expected, 2e-4);
      close(vmap(inside, { inAxes: [null, 0, 0] })(...draw()), expected, 2e-4);
    });
    expect(looped).toEqual([]);
    outside.dispose();
    inside.dispose();
  });

  inShare(1, 'of the gradient norm, second order', () => {
    const norm: Loss = (p, a, b) =>
      tf.addN(tree.leaves(grad(loss)(p, a, b) as never).map((g) => tf.sum(tf.square(g as tf.Tensor))));
    const expected = values(loop(grad(norm)));
    let found: unknown;
    expect(loopsIn(() => (found = vmap(grad(norm), { inAxes: [null, 0, 0] })(...draw())))).toEqual([]);
    close(found, expected, 1e-3);
  });

  inShare(2, 'sum to the gradient of the whole batch', () => {
    const [p, xs, ys] = draw();
    const total = (q: Params): tf.Tensor => tf.sum(vmap(loss, { inAxes: [null, 0, 0] })(q, xs, ys));
    const each = vmap(grad(loss), { inAxes: [null, 0, 0] })(p, xs, ys);
    close(grad(total)(p), values(tree.map((t: tf.Tensor) => tf.sum(t, 0), each as never)), 2e-4);
  });
});

describe('the loop fallback', () => {
  const kernel = 'SquareWithoutBatching';
  const square = (x: tf.Tensor): tf.Tensor => tf.engine().runKernel(kernel, { x }) as tf.Tensor;
  const registered = (body: () => void): void => {
    tf.registerKernel({
      kernelName: kernel,
      backendName: tf.getBackend(),
      kernelFunc: ({ inputs: { x }, backend }) =>
        tf
          .getKernel('Multiply', tf.getBackend())!
          .kernelFunc({ inputs: { a: x!, b: x! }, attrs: {}, backend }),
    });
    try {
      tf.tidy(body);
    } finally {
      tf.unregisterKernel(kernel, tf.getBackend());
    }
  };

  it('is right, over any axis, and warns once per kernel', () =>
    registered(() => {
      const x = tf.tensor2d([
        [1, 2, 3],
        [4, 5, 6],
      ]);
      const expected = [
        [1, 4, 9],
        [16, 25, 36],
      ];
      const looped = loopsIn(() => {
        close(vmap(square)(x), expected);
        close(vmap(square, { inAxes: 1, outAxes: 1 })(x), expected);
        close(vmap(vmap(square))(x), expected);
      });
      expect(looped).toHaveLength(1);
      expect(looped[0]).toMatch(/vmap\(square\).*SquareWithoutBatching/);
    }));
});
