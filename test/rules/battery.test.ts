import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { grad, jvp, vmap } from '../../src';
import { intercepted, replacement } from '../../src/core/dispatch';
import { isDifferentiable, ruleOf } from '../../src/core/rule';
import { checkGrads } from '../../src/testing';
import { argument, closeTo, outputsOf, perExample } from '../support/cases';
import { tolerance } from '../support/tolerance';
import { sampled, type RuleCase } from './case';
import { computable } from './unlike';

const tables = import.meta.glob<{ default: RuleCase[] }>('./cases/*.ts', { eager: true });

afterEach(() => void vi.restoreAllMocks());

describe.each(
  Object.entries(tables)
    .map(([file, { default: cases }]) => [file.replace(/.*\/|\.ts$/g, ''), computable(cases)] as const)
    .filter(([, cases]) => cases.length > 0),
)('rules: %s', (_, cases) => {
  const backend = (): string => tf.getBackend();
  const { run, twice } = sampled(cases);

  for (const c of run) {
    const title = `${c.kernel}: ${c.name}`;
    const here = (name: string, body: () => void): void =>
      it(`${title}: ${name}`, () => {
        if (c.missing?.[backend()]) expect(() => tf.tidy(body)).toThrow();
        else tf.tidy(body);
      });
    const drawn = (seed: number): tf.Tensor[] => c.args.map((arg, i) => argument(arg, seed + i));
    const isFloat = c.args.some((arg) => (arg.dtype ?? 'float32') === 'float32');

    if (isFloat && !c.constant) {
      here('derivatives agree with finite differences', () =>
        checkGrads(c.f, drawn(1), {
          order: c.noSecondOrder || !twice.has(c) ? 1 : 2,
          tolerance: tolerance().differences,
        }),
      );
    }
    if (isFloat && c.constant) {
      here('has no derivative', () => {
        const xs = drawn(1);
        const position = xs.findIndex(isDifferentiable);
        const total = (x: tf.Tensor): tf.Tensor => {
          const ys = outputsOf(c.f(...xs.map((other, i) => (i === position ? x : other))));
          return tf.addN([tf.scalar(0), ...ys.map((y) => tf.sum(tf.cast(y, 'float32')))]);
        };
        const zero = (t: tf.Tensor): boolean => Array.from(t.dataSync()).every((v) => v === 0);
        expect(zero(grad(total)(xs[position]!))).toBe(true);
        expect(zero(jvp(total, [xs[position]!], [tf.onesLike(xs[position]!)])[1])).toBe(true);
      });
    }
    here('vmap equals a loop', () => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
      const batches = c.args.map((arg, i) =>
        tf.stack([argument(arg, 10 + i), argument(arg, 20 + i), argument(arg, 30 + i)]),
      );
      // Every way to map the arguments: all, and each alone.
      const ways = [
        batches.map(() => 0),
        ...(batches.length > 1 ? batches.map((_, i) => batches.map((_, k) => (k === i ? 0 : null))) : []),
      ];
      for (const inAxes of ways) {
        const args = batches.map((b, i) => (inAxes[i] === 0 ? b : perExample(b, 0)));
        const expected = [0, 1, 2].map((k) =>
          // As inside a transformation, where kernels that a backend gets wrong are replaced.
          intercepted(() => outputsOf(c.f(...args.map((a, i) => (inAxes[i] === 0 ? perExample(a, k) : a))))),
        );
        const found = outputsOf(
          vmap((...xs: tf.Tensor[]) => c.f(...xs), { inAxes })(...args) as tf.Tensor | tf.Tensor[],
        );
        found.forEach((y, j) =>
          closeTo(y, tf.stack(expected.map((outputs) => outputs[j]!)), tolerance().reordered),
        );
      }
      if (!c.loops) expect(warn.mock.calls.map(([message]) => String(message))).toEqual([]);
    });
    // What replaces a kernel has shapes of its own.
    if (ruleOf(c.kernel)?.decompose || (!c.missing?.[backend()] && !tf.getKernel(c.kernel, backend())))
      continue;
    here('abstract shapes are the real ones', () => {
      const seen = new Set<string>();
      const engine = tf.engine() as unknown as {
        runKernel: (k: string, i: object, a?: object) => tf.Tensor | tf.Tensor[];
      };
      const native = Object.getPrototypeOf(engine).runKernel as typeof engine.runKernel;
      engine.runKernel = function (kernel, inputs, attrs = {}) {
        const instead = replacement(kernel, inputs as tf.Tensor[], attrs, backend());
        const result = instead ? instead(inputs, attrs) : native.call(engine, kernel, inputs, attrs);
        const rule = ruleOf(kernel);
        if (rule?.shape && !kernel.startsWith('Ragged')) {
          seen.add(kernel);
          const avals = rule.shape({
            kernel,
            inputs: inputs as Record<string, tf.Tensor>,
            attrs,
            infer: () => expect.fail('no kernel of tfjs carries functions'),
          });
          const plain = (t: { shape: readonly number[]; dtype: string }): object => ({
            shape: [...t.shape],
            dtype: t.dtype,
          });
          expect({ kernel, avals: Array.isArray(avals) ? avals.map(plain) : plain(avals) }).toEqual({
            kernel,
            avals: Array.isArray(result) ? result.map(plain) : plain(result),
          });
        }
        return result;
      };
      try {
        c.f(...drawn(1));
        if (ruleOf(c.kernel)?.shape) expect([...seen]).toContain(c.kernel);
      } finally {
        delete (engine as Partial<typeof engine>).runKernel;
      }
    });
  }
});
