import type { Workload } from '../models/workload';
import type { Contender, Measure } from './contender';

/*
 * jax-js (https://github.com/ekzhang/jax-js), jitted, on its wasm backend. Not a dependency: where it is installed (npm i --no-save
 * @jax-js/jax, or JAX_JS=/path/to/its/dist/index.js), it takes part. It expects a browser's `navigator`; a stand-in will do. Without a
 * global `Worker`, as in Node, it runs on one thread, as tfjs's wasm backend does there.
 */

// Its arrays are consumed by each use unless `.ref` is taken.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Any = any;

export async function jaxJs(): Promise<Contender | string> {
  (globalThis as Any).navigator ??= { userAgent: 'node', hardwareConcurrency: 1 };
  const where = process.env.JAX_JS ?? '@jax-js/jax';
  let jax: Any;
  try {
    jax = await import(/* @vite-ignore */ where);
    await jax.init();
    jax.defaultDevice('wasm');
  } catch (error) {
    return `jax-js did not start from ${where}: ${(error as Error).message.split('\n')[0]}`;
  }
  return { name: 'jax-js', prepare: (workload, measure) => prepare(jax, workload, measure) };
}

type Model = { params: () => Record<string, Any>; logits: (p: Record<string, Any>, x: Any) => Any };

function modelOf(jax: Any, { name, example }: Workload): Model | undefined {
  const { numpy: np, nn, random, lax } = jax;
  const normal = (shape: number[], scale: number, seed: number): Any =>
    random.normal(random.key(seed), shape).mul(scale);
  if (name.includes('mlp')) {
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
  if (name === 'conv-cifar') {
    return {
      params: () => ({
        k: normal([16, 3, 3, 3], 27 ** -0.5, 1),
        b: np.zeros([16, 1, 1]),
        w: normal([16 * 32 * 32, 10], 0.01, 2),
        c: np.zeros([10]),
      }),
      // Its convolutions are NCHW.
      logits: (p, x) => {
        const h = nn.relu(lax.convGeneralDilated(x, p.k, [1, 1], 'SAME').add(p.b));
        return np.matmul(h.reshape([-1, 16 * 32 * 32]), p.w).add(p.c);
      },
    };
  }
  return undefined;
}

function prepare(jax: Any, workload: Workload, measure: Measure): ReturnType<Contender['prepare']> {
  const model = modelOf(jax, workload);
  if (!model) return undefined;
  const { numpy: np, nn, random, jit, valueAndGrad, tree } = jax;
  const { batch, example, classes } = workload;
  const shape = example.length === 3 ? [batch, example[2]!, example[0]!, example[1]!] : [batch, ...example];
  const x = random.uniform(random.key(3), shape);
  const labels = np.array(Int32Array.from({ length: batch }, (_, i) => i % classes));
  const y = nn.oneHot(labels, classes).astype(np.float32);
  const loss = (p: Any, bx: Any, by: Any): Any =>
    nn
      .logSoftmax(model.logits(p, bx))
      .mul(by)
      .sum()
      .mul(-1 / batch);
  const gradient = valueAndGrad(loss);
  const [b1, b2, rate, eps] = [0.9, 0.999, 1e-3, 1e-8];
  const step = (p: Any, m: Any, v: Any, bx: Any, by: Any): Any => {
    const [value, g] = gradient(tree.ref(p), bx, by);
    const m2 = tree.map((a: Any, d: Any) => a.mul(b1).add(d.mul(1 - b1)), m, tree.ref(g));
    const v2 = tree.map((a: Any, d: Any) => a.mul(b2).add(d.ref.mul(d).mul(1 - b2)), v, g);
    const next = tree.map(
      (w: Any, a: Any, s: Any) => w.sub(a.mul(rate).div(np.sqrt(s).add(eps))),
      p,
      tree.ref(m2),
      tree.ref(v2),
    );
    return [value, next, m2, v2];
  };
  let p = model.params();
  let [m, v] = [
    tree.map((t: Any) => np.zerosLike(t), tree.ref(p)),
    tree.map((t: Any) => np.zerosLike(t), tree.ref(p)),
  ];
  const [jittedLoss, jittedGradient, jittedStep] = [jit(loss), jit(gradient), jit(step)];
  const bodies = {
    forward: () => void jittedLoss(tree.ref(p), x.ref, y.ref).js(),
    gradient: () => {
      const [value, g] = jittedGradient(tree.ref(p), x.ref, y.ref);
      value.js();
      const leaves = tree.leaves(g);
      leaves.pop().js();
      for (const leaf of leaves) leaf.dispose();
    },
    step: () => {
      const [value, ...next] = jittedStep(p, m, v, x.ref, y.ref);
      [p, m, v] = next;
      value.js();
    },
  };
  return { body: bodies[measure], dispose: () => {} };
}
