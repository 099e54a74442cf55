import * as tf from '@tensorflow/tfjs-core';
import { jit, tract, tree, valueAndGrad } from '../../src';
import { batchNorm } from '../../src/nn';
import { adam, applyUpdates } from '../../src/optim';
import { batchOf, type Layers, type Loss, type Params } from '../models/workload';
import type { Contender } from './contender';

type Step = (
  params: Params,
  state: unknown,
  x: tf.Tensor,
  y: tf.Tensor,
) => [value: tf.Tensor, params: Params, state: unknown];

function stepOf(loss: Loss): [step: Step, init: (params: Params) => unknown] {
  const optimizer = adam(1e-3);
  const step: Step = (params, state, x, y) => {
    const [value, gradients] = valueAndGrad(loss)(params, x, y);
    const [updates, next] = optimizer.update(gradients, state as never, params);
    return [value, applyUpdates(params, updates) as Params, next];
  };
  return [step, (params) => optimizer.init(params)];
}

/** The layer of `nn`, whose running statistics go nowhere here. */
const layers: Layers = {
  batchNorm: (p, x) => {
    const still = tf.zerosLike(p.bias);
    return batchNorm().apply(p, { mean: still, variance: still }, x, { train: true })[0];
  },
};

/** This library: eager or jitted, with or without tract. */
export function ours(options: { jit?: boolean; tract?: boolean } = {}): Contender {
  const name = `${options.jit ? 'jit' : 'eager'}${options.tract ? ' tract' : ''}`;
  return {
    name,
    prepare(workload, measure) {
      const { params, loss: plain } = workload.init(layers);
      const { x, y } = batchOf(workload);
      const loss: Loss = options.tract ? tract(plain as never, 0.1) : plain;
      const compile = <F extends (...args: never[]) => unknown>(f: F): F =>
        options.jit ? (jit(f) as never) : f;
      const [forward, gradient] = [compile(loss), compile(valueAndGrad(loss))];
      const [step, init] = stepOf(loss);
      const run = compile(step);
      let [p, state] = [tree.map((t: tf.Tensor) => tf.clone(t), params as never) as Params, init(params)];
      const body = {
        forward: () => tf.tidy(() => void forward(params, x, y).dataSync()),
        gradient: () =>
          tf.tidy(() => {
            const [value, gradients] = gradient(params, x, y);
            value.dataSync();
            (tree.leaves(gradients as never) as tf.Tensor[]).at(-1)!.dataSync();
          }),
        step: () => {
          const [value, nextParams, nextState] = tf.tidy(
            () => run(p, state, x, y) as never,
          ) as ReturnType<Step>;
          value.dataSync();
          tf.dispose([value, p, state] as never);
          [p, state] = [nextParams, nextState];
        },
      }[measure];
      const dispose = (): void => {
        for (const f of [forward, gradient, run]) (f as { dispose?(): void }).dispose?.();
        tf.dispose([params, x, y, p, state] as never);
      };
      return { body, dispose };
    },
  };
}
