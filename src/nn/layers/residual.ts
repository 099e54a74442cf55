import { add } from '@tensorflow/tfjs-core';
import { split } from '../../random';
import { checkLayer, defineLayer, type Layer } from '../layer';
import { inside } from '../record';
import { withOwnKey } from './sequential';

/**
 * f(x) + x (He et al.: Deep residual learning, 2016).
 *
 * @returns a layer with the parameters and state of f
 * @throws RangeError where f changes the shape
 * @example
 * ```ts
 * residual(sequential(dense(16), activation(gelu), dense(4))).init(random.key(0), [4]).outputShape; // [4]
 * ```
 */
export function residual<P, S>(f: Layer<P, S>): Layer<P, S> {
  checkLayer('residual: f', f);
  return defineLayer<P, S>('residual', {
    init(key, inputShape) {
      const made = inside('', () => f.init(key, inputShape));
      checkEqual(made.outputShape, inputShape);
      return made;
    },
    apply(params, state, x, options) {
      const [y, next] = f.apply(params, state, x, options);
      return [add(y, x), next];
    },
    operations: (input) => input.reduce((a, d) => a * d, 1),
  });
}

/**
 * f(x) + shortcut(x), where f changes the shape.
 *
 * @returns a layer with the parameters and state `{ main, shortcut }`
 * @example
 * ```ts
 * residualWith(conv2d(32, 3, { strides: 2 }), conv2d(32, 1, { strides: 2 })).init(random.key(0), [8, 8, 16]).outputShape; // [4, 4, 32]
 * ```
 */
export function residualWith<P, S, Q, T>(
  f: Layer<P, S>,
  shortcut: Layer<Q, T>,
): Layer<{ main: P; shortcut: Q }, { main: S; shortcut: T }> {
  checkLayer('residualWith: f', f);
  checkLayer('residualWith: shortcut', shortcut);
  return defineLayer<{ main: P; shortcut: Q }, { main: S; shortcut: T }>('residual', {
    init(key, inputShape) {
      const [forMain, forShortcut] = split(key);
      const main = inside('main', () => f.init(forMain, inputShape));
      const other = inside('shortcut', () => shortcut.init(forShortcut, inputShape));
      checkEqual(main.outputShape, other.outputShape);
      return {
        params: { main: main.params, shortcut: other.params },
        state: { main: main.state, shortcut: other.state },
        outputShape: main.outputShape,
      };
    },
    apply(params, state, x, options) {
      const [y, main] = f.apply(params.main, state.main, x, withOwnKey(options, 0));
      const [z, other] = shortcut.apply(params.shortcut, state.shortcut, x, withOwnKey(options, 1));
      return [add(y, z), { main, shortcut: other }];
    },
    operations: (_, output) => output.reduce((a, d) => a * d, 1),
  });
}

function checkEqual(a: readonly number[], b: readonly number[]): void {
  if (a.length !== b.length || a.some((d, i) => d !== b[i]))
    throw new RangeError(`residual: shapes to add differ: [${a.join(',')}] and [${b.join(',')}].`);
}
