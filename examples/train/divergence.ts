import * as tf from '@tensorflow/tfjs-core';
import { grad, tree } from '../../src';
import type { Batch } from '../data/batches';
import { Failure } from '../shared/failure';
import { type Learner, lossOf, type StepResult } from './learner';

/** Why a training stops whose loss or gradient is NaN or infinite: the step, what is not finite, and what to try. */
export function divergence(
  learner: Learner,
  { x, y }: Batch,
  step: number,
  { loss, gradientNorm }: StepResult,
  recent: readonly number[],
): Failure {
  const { params, state, key } = learner.learned;
  const gradient = tf.tidy(() => {
    const loss = lossOf(learner.method);
    const found = grad(loss, { hasAux: true })(params, state, x, y, key) as unknown as [unknown, unknown];
    return broken(found[0]);
  });
  const parameters = largest(params);
  const lines = [
    `Step ${step}: the loss is ${loss} and the norm of the gradient ${gradientNorm}. Training stopped before this step changed anything.`,
    `  losses before it: ${recent.map((value) => value.toPrecision(4)).join(', ') || 'none'}`,
    `  pictures of the batch: ${rangeOf(x)}`,
    `  largest parameters: ${parameters.map(([path, size]) => `${path} ${size.toPrecision(4)}`).join(', ')}`,
    `  gradients that are not finite: ${gradient.length > 0 ? gradient.join(', ') : 'none when computed again without the random key of the step'}`,
    hint(recent, parameters[0]?.[1] ?? 0),
  ];
  return new Failure(lines.join('\n'));
}

function hint(recent: readonly number[], size: number): string {
  const grew = recent.length > 1 && recent.at(-1)! > 2 * Math.min(...recent);
  if (grew || size > 1e3)
    return '  The loss or the parameters grew before: try a smaller --rate, a --warmup, or --clip 1.';
  return '  Nothing grew before: look at the pictures of this batch, and at operations such as log, sqrt and division in the model.';
}

/** Paths of the leaves that hold a NaN or an infinite value. */
function broken(values: unknown): string[] {
  return (tree.leavesWithPath(values) as [string, tf.Tensor][])
    .filter(([, t]) => t.dataSync().some((value) => !Number.isFinite(value)))
    .map(([path]) => path);
}

/** The three leaves with the largest values. */
function largest(values: unknown): [string, number][] {
  return (tree.leavesWithPath(values) as [string, tf.Tensor][])
    .map(([path, t]): [string, number] => [
      path,
      valuesOf(t).reduce((max, v) => Math.max(max, Math.abs(v)), 0),
    ])
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3);
}

const valuesOf = (t: tf.Tensor): number[] => Array.from(t.dataSync());

function rangeOf(x: tf.Tensor): string {
  const values = valuesOf(x);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) return `value ${wrong} of [${x.shape}] is ${values[wrong]}`;
  const [low, high] = values.reduce<[number, number]>(
    ([a, b], v) => [Math.min(a, v), Math.max(b, v)],
    [Infinity, -Infinity],
  );
  return `finite, ${low.toPrecision(4)} to ${high.toPrecision(4)}`;
}
