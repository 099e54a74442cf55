import {
  checkTransformation,
  transformation,
  updateWithin,
  type GradientTransformation,
  type OptState,
} from './transformation';

/**
 * Applies transformations one after the other: the updates of one are the gradients of the next.
 *
 * @returns a transformation whose state is the array of their states
 * @example
 * ```ts
 * const optimizer = chain(clipByGlobalNorm(1), sgd(0.1));
 * optimizer.update(tf.tensor1d([30, 40]), optimizer.init(tf.zeros([2])))[0]; // [-0.06, -0.08]
 * ```
 */
export function chain(...transformations: GradientTransformation[]): GradientTransformation {
  transformations.forEach((t, i) => checkTransformation(`chain: argument ${i}`, t));
  return transformation<OptState[]>('chain', {
    init: (params) => transformations.map((t) => t.init(params)),
    update(updates, states, params) {
      if (!Array.isArray(states) || states.length !== transformations.length)
        throw new TypeError(`chain.update: state must be an array with ${transformations.length} states.`);
      let u = updates;
      const next = transformations.map((t, i) => {
        const [changed, state] = updateWithin(t, u, states[i]!, params);
        u = changed;
        return state;
      });
      return [u, next];
    },
  });
}
