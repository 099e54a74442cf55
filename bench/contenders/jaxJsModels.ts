import type { Workload } from '../models/workload';

// Its arrays are consumed by each use unless `.ref` is taken.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Any = any;

export interface JaxJsModel {
  params(): Record<string, Any>;
  logits(p: Record<string, Any>, x: Any): Any;
}

/** The models of bench/models in jax-js, with NCHW images, as its convolutions are. */
export function modelOf(jax: Any, workload: Workload): JaxJsModel | undefined {
  const { name, example } = workload;
  const { numpy: np, nn, random, lax } = jax;
  const normal: Normal = (shape, scale, seed) => random.normal(random.key(seed), shape).mul(scale);
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
  if (name === 'resnet18') return resnet18(jax, normal);
  const transformer = TRANSFORMERS[name];
  return transformer && vit(jax, normal, workload, transformer);
}

type Normal = (shape: number[], scale: number, seed: number) => Any;

interface Size {
  patch: number;
  layers: number;
  heads: number;
  features: number;
  hidden: number;
}

const TRANSFORMERS: Record<string, Size> = {
  vit: { patch: 4, layers: 7, heads: 12, features: 384, hidden: 384 },
  'vit-stem': { patch: 16, layers: 1, heads: 6, features: 384, hidden: 1536 },
  transformer: { patch: 4, layers: 1, heads: 4, features: 64, hidden: 128 },
};

function vit(
  { numpy: np, nn }: Any,
  normal: Normal,
  { batch: b, example, classes }: Workload,
  { patch, layers, heads, features: n, hidden }: Size,
): JaxJsModel {
  const rows = example[0]! / patch;
  let seed = 0;
  const affine = (inputs: number, outputs: number): Any => ({
    kernel: normal([inputs, outputs], inputs ** -0.5, ++seed),
    bias: np.zeros([outputs]),
  });
  const norm = (): Any => ({ scale: np.ones([n]), bias: np.zeros([n]) });
  const dense = (p: Any, x: Any): Any => np.matmul(x, p.kernel).add(p.bias);
  const layerNorm = (p: Any, x: Any): Any => nn.standardize(x, -1).mul(p.scale).add(p.bias);
  const gelu = (x: Any): Any => nn.gelu(x, { approximate: false });
  const attention = (p: Any, x: Any): Any => {
    const split = (q: Any, order: number[]): Any =>
      np.transpose(dense(q, x.ref).reshape([b, -1, heads, n / heads]), order);
    const q = split(p.query, [0, 2, 1, 3]).mul((n / heads) ** -0.5);
    const scores = nn.softmax(np.matmul(q, split(p.key, [0, 2, 3, 1])), -1);
    const mixed = np.transpose(np.matmul(scores, split(p.value, [0, 2, 1, 3])), [0, 2, 1, 3]);
    x.dispose();
    return dense(p.out, mixed.reshape([b, -1, n]));
  };
  return {
    params: () => ({
      patches: affine(patch * patch * 3, n),
      token: np.zeros([1, 1, n]),
      positions: normal([1, rows ** 2 + 1, n], 0.02, 1),
      blocks: Array.from({ length: layers }, () => ({
        norm1: norm(),
        query: affine(n, n),
        key: affine(n, n),
        value: affine(n, n),
        out: affine(n, n),
        norm2: norm(),
        mlp1: affine(n, hidden),
        mlp2: affine(hidden, n),
      })),
      norm: norm(),
      head: affine(n, classes),
    }),
    logits: (p, images) => {
      const cut = np.transpose(images.reshape([b, 3, rows, patch, rows, patch]), [0, 2, 4, 3, 5, 1]);
      const embedded = dense(p.patches, cut.reshape([b, rows ** 2, patch * patch * 3]));
      let x = np.concatenate([np.broadcastTo(p.token, [b, 1, n]), embedded], 1).add(p.positions);
      for (const block of p.blocks) {
        x = x.ref.add(attention(block, layerNorm(block.norm1, x)));
        x = x.ref.add(gelu(dense(block.mlp2, gelu(dense(block.mlp1, layerNorm(block.norm2, x))))));
      }
      return dense(p.head, layerNorm(p.norm, x.slice([], 0)));
    },
  };
}

function resnet18({ numpy: np, nn, lax }: Any, normal: Normal): JaxJsModel {
  let seed = 0;
  const unit = (taps: number, before: number, width: number): Any => ({
    kernel: normal([width, before, taps, taps], (taps * taps * before) ** -0.5, ++seed),
    scale: np.ones([width, 1, 1]),
    bias: np.zeros([width, 1, 1]),
  });
  const apply = (p: Any, x: Any, strides = 1): Any => {
    const y = lax.convGeneralDilated(x, p.kernel, [strides, strides], 'SAME');
    return nn.standardize(y, [0, 2, 3]).mul(p.scale).add(p.bias);
  };
  const wide = (width: number, before: number): Any => ({
    first: unit(3, before, width),
    second: unit(3, width, width),
    ...(before !== width && { shortcut: unit(1, before, width) }),
  });
  return {
    params: () => ({
      stem: unit(3, 3, 64),
      blocks: [64, 128, 256, 512].flatMap((width) => [
        wide(width, Math.max(width / 2, 64)),
        wide(width, width),
      ]),
      head: { kernel: normal([512, 10], 512 ** -0.5, ++seed), bias: np.zeros([10]) },
    }),
    logits: (p, images) => {
      let x = nn.relu(apply(p.stem, images));
      for (const { first, second, shortcut } of p.blocks) {
        const strides = shortcut ? 2 : 1;
        const main = apply(second, nn.relu(apply(first, x.ref, strides)));
        x = nn.relu(main.add(shortcut ? apply(shortcut, x, strides) : x));
      }
      return np.matmul(np.mean(x, [2, 3]), p.head.kernel).add(p.head.bias);
    },
  };
}
