import { add, cast, div, mul, sqrt, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { BELOW_ONE, checkNumbers, NOT_NEGATIVE } from '../core/numbers';
import { onePass, type Elementwise } from '../core/onePass';
import { elementwise, zerosOf } from './leafwise';
import { follow, followSquare, increment, weightAt, zeroCount } from './moments';
import { transformation, type GradientTransformation } from './transformation';

export interface AdamOptions {
  /** Decay of the moving average of gradients; 0.9 by default. */
  b1?: number;
  /** Decay of the moving average of their squares; 0.999 by default. */
  b2?: number;
  /** Added to the root; 1e-8 by default. */
  eps?: number;
  /** Added inside the root, for derivatives through the update; 0 by default. */
  epsRoot?: number;
  /** Nesterov's momentum (Dozat: Incorporating Nesterov momentum into Adam, 2016). */
  nesterov?: boolean;
}

/** Of {@link AdamOptions}. */
export const adamDefaults = { b1: 0.9, b2: 0.999, eps: 1e-8, epsRoot: 0, nesterov: false };

interface State {
  count: Tensor;
  mu: unknown;
  nu: unknown;
}

/**
 * With t the count, c1 = 1 - b1^t and s = sqrt(1 - b2^t): (m / c1) / (sqrt(v) / s + eps) = (m s / c1) / (sqrt(v) + eps s), scalars first.
 * Nesterov's look ahead takes t + 1 for m (`ahead` = 1), `lead` = b1 of it and `now` = 1 - b1 of the gradient.
 */
const scalars = onePass(4, (count, log1, log2, ahead, lead, now, eps, epsRoot) => {
  const t = cast(count!, 'float32');
  const c2 = weightAt(t, log2!);
  const s = sqrt(c2);
  return [
    mul(div(s, weightAt(add(t, ahead!), log1!)), lead!),
    mul(div(s, weightAt(t, log1!)), now!),
    mul(s, eps!),
    mul(c2, epsRoot!),
  ];
});

/* @__NO_SIDE_EFFECTS__ */
const step = (nesterov: boolean, isRooted: boolean): ReturnType<typeof elementwise> => {
  const f: Elementwise = (g, m, v, b1, now1, b2, now2, weight, now, floor, inside) => {
    const mu = follow(m!, g!, b1!, now1!);
    const nu = followSquare(v!, g!, b2!, now2!);
    const root = add(sqrt(isRooted ? add(nu, inside!) : nu), floor!);
    const ahead = mul(mu, weight!);
    return [div(nesterov ? add(ahead, mul(g!, now!)) : ahead, root), mu, nu];
  };
  return elementwise(3, f, nesterov || isRooted ? undefined : 'Adam');
};
const steps = [step(false, false), step(false, true), step(true, false), step(true, true)];

/**
 * Adam's direction m / (sqrt(v + epsRoot) + eps), with m and v the bias-corrected moving averages of the gradient and of its square
 * (Kingma and Ba: Adam, 2015, Algorithm 1).
 *
 * @returns a transformation with the state `{ count, mu, nu }`
 * @example
 * ```ts
 * const direction = scaleByAdam();
 * direction.update(tf.tensor1d([3, -4]), direction.init(tf.zeros([2])))[0]; // [1, -1]
 * ```
 */
export function scaleByAdam(options: AdamOptions = {}): GradientTransformation {
  const { b1, b2, eps, epsRoot, nesterov } = withDefaults('scaleByAdam', options, adamDefaults);
  checkNumbers('scaleByAdam', { b1, b2 }, BELOW_ONE);
  checkNumbers('scaleByAdam', { eps, epsRoot }, NOT_NEGATIVE);
  return transformation<State>('scaleByAdam', {
    init: (params) => ({ count: zeroCount(), mu: zerosOf(params), nu: zerosOf(params) }),
    update(updates, state) {
      const count = increment(state.count);
      const given = [Math.log(b1), Math.log(b2), nesterov ? 1 : 0, nesterov ? b1 : 1, 1 - b1, eps, epsRoot];
      const found = scalars([[count]], given).flat();
      const run = steps[(nesterov ? 2 : 0) + (epsRoot === 0 ? 0 : 1)]!;
      const [direction, mu, nu] = run([updates, state.mu, state.nu], b1, 1 - b1, b2, 1 - b2, ...found);
      return [direction, { count, mu, nu }];
    },
  });
}
