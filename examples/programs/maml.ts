// Learning to learn: MAML (Finn, Abbeel, Levine 2017). The loss after a step of training is itself differentiated: a gradient of a gradient.
import * as tf from '@tensorflow/tfjs-core';
import { grad, jit, random, tree, valueAndGrad, vmap } from '../../src';
import { activation, dense, sequential } from '../../src/nn';
import { adam, applyUpdates } from '../../src/optim';
import type { Settings } from './example';

const RATE = 0.05;
const EXAMPLES = 10;

const net = sequential({
  first: dense(40),
  tanh1: activation(tf.tanh),
  second: dense(40),
  tanh2: activation(tf.tanh),
  head: dense(1),
});
// The layers have none, but their names.
const STATE = { first: {}, tanh1: {}, second: {}, tanh2: {}, head: {} };

type Params = ReturnType<typeof net.init>['params'];

const loss = (p: Params, x: tf.Tensor, y: tf.Tensor): tf.Tensor =>
  tf.mean(tf.squaredDifference(net.apply(p, STATE, x)[0], y));

/** One step of gradient descent on a task. */
const adapt = (p: Params, x: tf.Tensor, y: tf.Tensor): Params =>
  tree.map(
    (w: tf.Tensor, g: tf.Tensor) => tf.sub(w, tf.mul(RATE, g)),
    p,
    grad(loss)(p, x, y),
  ) as unknown as Params;

/** A task: sine waves of some amplitude and phase, examples to adapt to, and others to be judged by. */
function task(key: tf.Tensor): { x: tf.Tensor; y: tf.Tensor; testX: tf.Tensor; testY: tf.Tensor } {
  const [a, b, c, d] = random.split(key, 4);
  const amplitude = random.uniform(a, [], { minval: 0.5, maxval: 2 });
  const phase = random.uniform(b, [], { minval: 0, maxval: Math.PI });
  const wave = (x: tf.Tensor): tf.Tensor => tf.mul(amplitude, tf.sin(tf.add(x, phase)));
  const draw = (k: tf.Tensor): tf.Tensor => random.uniform(k, [EXAMPLES, 1], { minval: -3, maxval: 3 });
  const [x, testX] = [draw(c), draw(d)];
  return { x, y: wave(x), testX, testY: wave(testX) };
}

/** Loss on a task after adapting to it. */
function adapted(p: Params, key: tf.Tensor): tf.Tensor {
  const { x, y, testX, testY } = task(key);
  return loss(adapt(p, x, y), testX, testY);
}

export function maml({ short, say }: Settings): { before: number; after: number; start: number } {
  const tasks = short ? 8 : 16;
  const steps = short ? 60 : 1500;
  const metaLoss = (p: Params, key: tf.Tensor): tf.Tensor =>
    tf.mean(vmap(adapted, { inAxes: [null, 0] })(p, random.keys(key, tasks)));
  const optimizer = adam(short ? 1e-2 : 3e-3);
  const step = jit((p: Params, state: unknown, key: tf.Tensor) => {
    const [value, g] = valueAndGrad(metaLoss)(p, key);
    const [updates, next] = optimizer.update(g, state as never, p);
    return { value, params: applyUpdates(p, updates), state: next };
  });

  // Judged on tasks of its own: with the parameters as they are, and after one step on ten examples.
  const judge = (p: Params): [before: number, after: number] =>
    tf.tidy(() => {
      const keys = random.keys(random.key(99), 50);
      const unadapted = (q: Params, key: tf.Tensor): tf.Tensor => {
        const { testX, testY } = task(key);
        return loss(q, testX, testY);
      };
      const over = (f: (q: Params, key: tf.Tensor) => tf.Tensor): number =>
        tf.mean(vmap(f, { inAxes: [null, 0] })(p, keys)).dataSync()[0]!;
      return [over(unadapted), over(adapted)];
    });

  let params = tf.tidy(() => net.init(random.key(0), [1]).params as never) as Params;
  let state: unknown = optimizer.init(params);
  const [, start] = judge(params);
  for (let i = 0; i < steps; i++) {
    const next = tf.tidy(() => step(params, state, random.key(i + 1)) as never) as ReturnType<typeof step>;
    tf.dispose([params, state, next.value] as never);
    params = next.params as unknown as Params;
    state = next.state;
  }
  const [before, after] = judge(params);
  tf.dispose([params, state] as never);
  step.dispose();
  say(`loss on new tasks after one step on ${EXAMPLES} examples: ${start.toFixed(3)} at first`);
  say(`after learning to learn: ${before.toFixed(3)} without that step, ${after.toFixed(3)} with it`);
  return { before, after, start };
}
