import { tensor, tidy, Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { intercepted } from '../core/dispatch';
import { isDifferentiable } from '../core/rule';
import { jvp } from '../transforms/jvp';
import { vjp } from '../transforms/vjp';
import { flatten, unflatten } from '../tree';
import { directionalDerivative, innerProduct } from './finiteDifferences';
import { random } from './random';

export interface CheckGradsOptions {
  /** Highest order of derivatives to check; 2 by default. */
  order?: number;
  /** Which modes; both by default. */
  modes?: readonly ('fwd' | 'rev')[];
  /** Relative tolerance beside the error that the numerical derivative is estimated to have; 2e-3 by default. */
  tolerance?: number;
  /** Seed of the random directions. */
  seed?: number;
}

/**
 * Compares derivatives with central differences along random directions, like `jax.test_util.check_grads`.
 *
 * @param f    maps pytrees to a pytree of tensors; smooth within about 0.5 of `args`
 * @param args array of arguments; integer leaves are held still
 * @throws Error that names order, mode, and both numbers where they differ by more than the error model allows
 * @example
 * ```ts
 * checkGrads((x: tf.Tensor) => tf.mul(x, tf.tanh(x)), [tf.tensor1d([0.3, -1])], { order: 2 });
 * ```
 */
export function checkGrads(
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  options: CheckGradsOptions = {},
): void {
  const { order, modes, tolerance, seed } = withDefaults('checkGrads', options, {
    order: 2,
    modes: ['fwd', 'rev'],
    tolerance: 2e-3,
    seed: 1,
  });
  tidy(() => {
    const { leaves, structure } = flatten(args);
    const call = f as (...args: unknown[]) => unknown;
    const tensors = leaves.map((leaf) => (leaf instanceof Tensor ? leaf : tensor(leaf as number)));
    const moving = tensors.flatMap((t, i) => (isDifferentiable(t) ? [i] : []));
    const flat = (xs: Tensor[]): Tensor[] => {
      const all = tensors.slice();
      moving.forEach((i, k) => (all[i] = xs[k]!));
      // As inside a transformation, where kernels that the backend lacks are replaced.
      const y = intercepted(() => call(...(unflatten(structure, all) as unknown[])));
      return flatten(y).leaves as Tensor[];
    };
    check(
      flat,
      moving.map((i) => tensors[i]!),
      order,
      modes,
      tolerance,
      random(seed),
      '',
    );
  });
}

function check(
  f: (xs: Tensor[]) => Tensor[],
  xs: Tensor[],
  order: number,
  modes: readonly ('fwd' | 'rev')[],
  tolerance: number,
  next: () => number,
  path: string,
): void {
  const draw = (like: readonly Tensor[]): Float32Array[] =>
    like.map((t) => Float32Array.from({ length: t.size }, next));
  const vs = draw(xs);
  const ys = f(xs);
  const us = draw(ys).map((u, i) => (isDifferentiable(ys[i]!) ? u : u.fill(0)));
  const asTensors = (like: readonly Tensor[], values: readonly Float32Array[]): Tensor[] =>
    like.map((t, i) => tensor(values[i]!, t.shape, 'float32'));
  const expected = directionalDerivative(f, xs, vs, us);
  const compare = (mode: string, found: number): void => {
    const allowed = 4 * expected.error + tolerance * (Math.abs(expected.value) + 0.1);
    if (!(Math.abs(found - expected.value) <= allowed)) {
      throw new Error(
        `checkGrads: ${path}${mode} gave ${found}, central differences ${expected.value} (estimated error ${expected.error}).`,
      );
    }
  };
  const float = (list: Tensor[]): Tensor[] => list.filter(isDifferentiable);
  const weights = us.filter((_, i) => isDifferentiable(ys[i]!));
  for (const mode of modes) {
    if (mode === 'fwd') {
      const forward = (points: Tensor[]): Tensor[] =>
        jvp((...p: Tensor[]) => float(f(p)), points, asTensors(xs, vs))[1];
      compare(`${mode}`, innerProduct(forward(xs), weights));
      if (order > 1) check(forward, xs, order - 1, modes, tolerance, next, `${path}fwd, then `);
    } else {
      const reverse = (points: Tensor[]): Tensor[] => {
        const [y, pullback] = vjp((...p: Tensor[]) => float(f(p)), ...points);
        return pullback(asTensors(y, weights));
      };
      compare(`${mode}`, innerProduct(reverse(xs), vs));
      if (order > 1) check(reverse, xs, order - 1, modes, tolerance, next, `${path}rev, then `);
    }
  }
}
