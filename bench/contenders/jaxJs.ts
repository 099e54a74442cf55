import type { Workload } from '../models/workload';
import type { Contender, Measure } from './contender';
import { modelOf, type Any } from './jaxJsModels';

/*
 * jax-js (https://github.com/ekzhang/jax-js), jitted, on its wasm or webgpu backend. Not a dependency: where it is installed (npm i --no-save
 * @jax-js/jax, or JAX_JS=/path/to/its/dist/index.js), it takes part. It expects a browser's `navigator`; a stand-in will do, and Dawn's for
 * webgpu. Without a global `Worker`, as in Node, it runs on one thread, as tfjs's wasm backend does there.
 */

/** @returns the contender, or why there is none */
export async function jaxJs(device: 'wasm' | 'webgpu'): Promise<Contender | string> {
  (globalThis as Any).navigator ??= { userAgent: 'node', hardwareConcurrency: 1 };
  const where = process.env.JAX_JS ?? '@jax-js/jax';
  let jax: Any;
  try {
    jax = await import(/* @vite-ignore */ where);
    const devices = await jax.init(device);
    if (!devices.includes(device)) throw new Error(`it has no ${device} here, only ${devices.join()}`);
    jax.defaultDevice(device);
  } catch (error) {
    return `jax-js did not start from ${where}: ${(error as Error).message.split('\n')[0]}`;
  }
  return { name: 'jax-js', prepare: (workload, measure) => prepare(jax, device, workload, measure) };
}

function prepare(
  jax: Any,
  device: 'wasm' | 'webgpu',
  workload: Workload,
  measure: Measure,
): ReturnType<Contender['prepare']> {
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
  // A page can't wait for a GPU, and neither can this. What a body gives is its time, so the value is dropped.
  const read = (array: Any): void | Promise<void> =>
    device === 'wasm' ? void array.js() : array.jsAsync().then(() => {});
  const bodies: Record<Measure, () => void | Promise<void>> = {
    forward: () => read(jittedLoss(tree.ref(p), x.ref, y.ref)),
    gradient: () => {
      const [value, g] = jittedGradient(tree.ref(p), x.ref, y.ref);
      const leaves = tree.leaves(g);
      const last = leaves.pop();
      for (const leaf of leaves) leaf.dispose();
      if (device === 'wasm') return void (read(value), read(last));
      return (async () => {
        await read(value);
        await read(last);
      })();
    },
    step: () => {
      const [value, ...next] = jittedStep(p, m, v, x.ref, y.ref);
      [p, m, v] = next;
      return read(value);
    },
  };
  return { body: bodies[measure], dispose: () => {} };
}
