import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, jit } from '../../src';
import { intercepted } from '../../src/core/dispatch';
import { isDifferentiable, ruleOf } from '../../src/core/rule';
import { argument, closeTo, outputsOf } from '../support/cases';
import { tolerance } from '../support/tolerance';
import { sampled, type RuleCase } from './case';
import { computable } from './unlike';

const tables = import.meta.glob<{ default: RuleCase[] }>('./cases/*.ts', { eager: true });

describe.each(
  Object.entries(tables)
    .map(([file, { default: cases }]) => [file.replace(/.*\/|\.ts$/g, ''), computable(cases)] as const)
    .filter(([, cases]) => cases.length > 0),
)('captured: %s', (_, cases) => {
  for (const c of sampled(cases).run) {
    it(`${c.kernel}: ${c.name}`, () =>
      tf.tidy(() => {
        const xs = c.args.map((arg, i) => argument(arg, 1 + i));
        const f = (...args: tf.Tensor[]): tf.Tensor[] => outputsOf(c.f(...args));
        const captured = jit(f);
        try {
          if (c.missing?.[tf.getBackend()]) return void expect(() => captured(...xs)).toThrow();
          if (ruleOf(c.kernel)?.uncapturable) {
            return void expect(() => captured(...xs)).toThrow(`kernel ${c.kernel} can't be captured`);
          }
          const expected = intercepted(() => f(...xs));
          (captured(...xs) as tf.Tensor[]).forEach((y, i) => closeTo(y, expected[i]!, tolerance().reordered));

          const position = xs.findIndex(isDifferentiable);
          if (position < 0 || c.constant) return;
          const lossOf =
            (g: typeof f) =>
            (x: tf.Tensor): tf.Tensor =>
              tf.addN(
                g(...xs.map((other, i) => (i === position ? x : other)))
                  .filter(isDifferentiable)
                  .map((y) => tf.sum(tf.square(y))),
              );
          const x = xs[position]!;
          closeTo(grad(lossOf(captured))(x), grad(lossOf(f))(x), tolerance().reordered);
        } finally {
          captured.dispose();
        }
      }));
  }
});
