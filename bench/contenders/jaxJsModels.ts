import type { Workload } from '../models/workload';

// Its arrays are consumed by each use unless `.ref` is taken.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Any = any;

export interface JaxJsModel {
  params(): Record<string, Any>;
  logits(p: Record<string, Any>, x: Any): Any;
}

/** The models of bench/models in jax-js: perceptrons, convolutional networks (NCHW, as its convolutions are) and the recurrent one. */
export function modelOf(jax: Any, workload: Workload): JaxJsModel | undefined {
  const { name, example } = workload;
  const { numpy: np, nn, random, lax } = jax;
  const normal = (shape: number[], scale: number, seed: number): Any =>
    random.normal(random.key(seed), shape).mul(scale);
  if (name.endsWith('mlp') || name.startsWith('small-mlp')) {
    const [n, hidden] = [example[0]!, name === 'mlp' ? 256 : 32];
    return {
      params: () => ({
        w1: normal([n, hidden], n ** -0.5, 1),
        b1: np.zeros([hidden]),
        w2: normal([hidden, 10], hidden ** -0.5, 2),
        b2: np.zeros([10]),
      }),
      logits: (p, x) => np.matmul(nn.relu(np.matmul(x, p.w1).add(p.b1)), p.w2).add(p.b2),
    };
  }
  const conv = (x: Any, kernel: Any, bias: Any): Any =>
    nn.relu(lax.convGeneralDilated(x, kernel, [1, 1], 'SAME').add(bias));
  if (name === 'conv-cifar') {
    return {
      params: () => ({
        k: normal([16, 3, 3, 3], 27 ** -0.5, 1),
        b: np.zeros([16, 1, 1]),
        w: normal([16 * 32 * 32, 10], 0.01, 2),
        c: np.zeros([10]),
      }),
      logits: (p, x) => {
        const h = conv(x, p.k, p.b);
        return np.matmul(h.reshape([-1, 16 * 32 * 32]), p.w).add(p.c);
      },
    };
  }
  if (name === 'conv' || name === 'small-conv') {
    const [a, b] = name === 'conv' ? [16, 32] : [8, 16];
    const pool = (x: Any): Any => lax.reduceWindow(x, np.max, [2, 2], [2, 2]);
    return {
      params: () => ({
        k1: normal([a, 1, 3, 3], 1 / 3, 1),
        b1: np.zeros([a, 1, 1]),
        k2: normal([b, a, 3, 3], (9 * a) ** -0.5, 2),
        b2: np.zeros([b, 1, 1]),
        w: normal([b * 49, 10], (b * 49) ** -0.5, 3),
        c: np.zeros([10]),
      }),
      logits: (p, x) => {
        const h = pool(conv(pool(conv(x, p.k1, p.b1)), p.k2, p.b2));
        return np.matmul(h.reshape([-1, b * 49]), p.w).add(p.c);
      },
    };
  }
  if (name === 'rnn') {
    const [steps, features, hidden] = [example[0]!, example[1]!, 64];
    return {
      params: () => ({
        w: normal([features, hidden], features ** -0.5, 1),
        u: normal([hidden, hidden], hidden ** -0.5, 2),
        b: np.zeros([hidden]),
        head: normal([hidden, 10], hidden ** -0.5, 3),
      }),
      logits: (p, x) => {
        let h = np.zeros([workload.batch, hidden]);
        for (let t = 0; t < steps; t++)
          h = np.tanh(np.matmul(x.ref.slice([], t), p.w.ref).add(np.matmul(h, p.u.ref)).add(p.b.ref));
        for (const used of [x, p.w, p.u, p.b]) used.dispose();
        return np.matmul(h, p.head);
      },
    };
  }
  return undefined;
}
