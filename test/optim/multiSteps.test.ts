import * as tf from '@tensorflow/tfjs-core';
import { describe } from 'vitest';
import { grad, jit, tree, vmap } from '../../src';
import { adam, multiSteps, sgd, type GradientTransformation, type OptState } from '../../src/optim';
import { close, line, throws } from '../support/line';

const gradients = [3, -1, 4, 1, -5, 9].map((x) => ({ w: [x, 2], b: -x }));
const asTensors = ({ w, b }: { w: number[]; b: number }) => ({ w: tf.tensor1d(w), b: tf.scalar(b) });
const start = () => ({ w: tf.zeros([2]), b: tf.scalar(0) });

/** The updates of an optimizer, one after the other. */
function run(optimizer: GradientTransformation, each: readonly unknown[], compiled = false): unknown[] {
  const update = (g: unknown, state: OptState): [unknown, OptState] => optimizer.update(g, state);
  const step = compiled ? jit(update) : update;
  let state = optimizer.init(start());
  const updates = each.map((g) => {
    const [u, next] = step(g, state);
    state = next;
    return u;
  });
  if ('dispose' in step) (step.dispose as () => void)();
  return updates;
}

describe('multiSteps', () => {
  const means = (): unknown[] =>
    [gradients.slice(0, 3), gradients.slice(3)].map((part) =>
      tree.map(
        (a, b, c) => tf.div(tf.add(tf.add(a, b), c), 3),
        ...(part.map(asTensors) as unknown as [{ w: tf.Tensor; b: tf.Tensor }, any, any]),
      ),
    );
  for (const compiled of [false, true])
    line(`every third update is that of the mean of three gradients${compiled ? ', jitted' : ''}`, () => {
      const nothing = { w: [0, 0], b: 0 };
      const expected = run(adam(0.1), means()).map((u) =>
        tree.map((t) => (t as tf.Tensor).arraySync(), u as { w: tf.Tensor; b: tf.Tensor }),
      );
      const found = run(multiSteps(adam(0.1), 3), gradients.map(asTensors), compiled);
      close(found, [nothing, nothing, expected[0], nothing, nothing, expected[1]]);
    });
  line('of one gradient it is the inner one', () => {
    const [given] = run(multiSteps(sgd(0.5), 1), [asTensors(gradients[0]!)]);
    close(given, { w: [-1.5, -1], b: 1.5 });
  });
  line('mapped, and differentiated by a gradient', () => {
    const optimizer = multiSteps(sgd(1), 2);
    const second = (g: tf.Tensor): tf.Tensor => {
      const [, state] = optimizer.update(g, optimizer.init(tf.scalar(0)));
      return optimizer.update(tf.mul(g, g), state)[0];
    };
    close(vmap(second)(tf.tensor1d([1, 3])), [-1, -6]);
    close(grad(second)(tf.scalar(3)), -3.5);
  });
  line('what is none', () => {
    for (const every of [0, 0.5, -1])
      throws(() => multiSteps(sgd(1), every), RangeError, 'multiSteps: every', `${every}`);
    throws(() => multiSteps(sgd(1), '2' as never), TypeError, 'multiSteps: every', '"2"');
    throws(() => multiSteps(3 as never, 2), TypeError, 'multiSteps: inner is no gradient transformation');
  });
});
