import { Tensor } from '@tensorflow/tfjs-core';
import { withScope } from '../core/engine';
import { handOver } from '../core/holdings';
import { toTensor } from '../core/values';
import { flatten, leavesWithPath, unflatten } from '../tree';
import { checkFunction, label, refusePromise } from '../transforms/arguments';
import { transformed } from '../transforms/results';
import type { AnyArgs } from '../transforms/types';
import './layers';
import { describeTract, nothingFound } from './describe';
import { tie } from './sharing';
import { readOptions, remember, type TractSettings } from './options';
import { TractTrace } from './trace';

/**
 * The TrAct correction for the first layer of a model (Petersen, Borgelt, Ermon: TrAct, NeurIPS 2024).
 *
 * Wherever, inside f, a parameter meets data in a linear primitive (matMul, convolution ...), so z = x W with x independent of
 * the parameters, the weight's gradient x^T g is replaced by (x^T x / b + lambda I)^-1 x^T g. Values, biases, inputs and all later layers
 * are untouched, as is a layer that another `tract` inside f corrects.
 *
 * @param f `f(params, ...inputs)`: a layer, a whole model or a loss
 * @param lambda ridge, 0.1 by default (a number or a float32 scalar), or options
 * @returns a function of the same arguments and values
 * @throws RangeError where lambda is not positive and finite; TypeError where f has no first layer
 * @example
 * ```ts
 * const loss = (p: { w: tf.Tensor }, x: tf.Tensor, y: tf.Tensor) => tf.mean(tf.squaredDifference(tf.matMul(x, p.w), y));
 * const step = valueAndGrad(tract(loss, 0.1)); // step(params, x, y): [loss, corrected gradients]
 * ```
 */
export function tract<A extends AnyArgs, Y>(
  f: (...args: A) => Y,
  lambda?: number | Tensor | TractSettings,
): (...args: A) => Y {
  checkFunction('tract', f);
  const options = readOptions(lambda);
  const name = label('tract', f);
  const corrected = (...args: A): Y =>
    transformed(name, () => {
      const [params, ...inputs] = args;
      const { structure } = flatten(params);
      const trace = new TractTrace(name, options);
      try {
        const { held, out } = withScope(name, () => {
          const tracers = leavesWithPath(params).map(([path, leaf]) =>
            trace.parameter(toTensor(leaf, path ? `${name}: params at "${path}"` : `${name}: params`), path),
          );
          const body = (): Y => {
            const result = trace.run(() =>
              f(...([unflatten(structure, tracers), ...inputs] as unknown as A)),
            );
            refusePromise(name, result);
            if (trace.uses.length === 0 && !trace.hasCorrected) throw new TypeError(nothingFound(name));
            return result;
          };
          let result = body();
          if ([...trace.weights.values()].some(({ isEager }) => isEager)) result = trace.secondly(body);
          const y = flatten(result);
          const isTensor = (leaf: unknown): leaf is Tensor => leaf instanceof Tensor;
          const found = (y.leaves as unknown[]).filter(isTensor).map((t) => trace.output(t));
          const tied = (trace.isSecond ? found : tie(name, found, trace.weights.values())).map((t) =>
            trace.holdings.hold(t),
          );
          return {
            held: (y.leaves as unknown[]).map((leaf) => (isTensor(leaf) ? tied.shift()! : leaf)),
            out: y.structure,
          };
        });
        const results = held.map((t) => {
          if (!(t instanceof Tensor)) return t;
          const own = trace.holdings.take(t);
          handOver([own]);
          return own;
        });
        return unflatten(out, results) as Y;
      } finally {
        trace.dispose();
      }
    });
  return remember(corrected, name, f, options);
}

// By a name of its own: in the bundled declarations `describe: typeof describe` would mean itself.
tract.describe = describeTract;
