import {
  add,
  fill,
  matMul,
  mul,
  reshape,
  softmax,
  transpose,
  where,
  lessEqual,
  range,
  zeros,
  expandDims,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, SIZE } from '../../core/numbers';
import { split } from '../../random';
import { inside } from '../record';
import { checkRank, defineLayer, type Layer, type Nothing } from '../layer';
import { kernelDefaults, type KernelOptions, type KernelParams } from './bias';
import { dense } from './dense';

export interface AttentionParams {
  query: KernelParams;
  key: KernelParams;
  value: KernelParams;
  out: KernelParams;
}

export interface AttentionOptions extends KernelOptions {
  heads: number;
  /** Factor of the scores; 1 / sqrt(features / heads) by default. */
  scale?: number;
  /** Each position sees itself and those before it only. */
  causal?: boolean;
}

/** Of {@link AttentionOptions}. */
export const attentionDefaults = () => ({
  heads: NaN,
  scale: undefined,
  causal: false,
  ...kernelDefaults(),
});

/**
 * Multi-head self-attention: softmax(scale Q K^T) V for each head, from [length, n] to [length, n] (Vaswani et al.: Attention is all you
 * need, 2017).
 *
 * @returns a layer with four dense layers' parameters `{ query, key, value, out }`
 * @throws RangeError where heads do not divide n
 * @example
 * ```ts
 * attention({ heads: 4, causal: true }).init(random.key(0), [10, 32]).outputShape; // [10, 32]
 * ```
 */
export function attention(given: AttentionOptions): Layer<AttentionParams, Nothing> {
  const { heads, scale, causal, ...options } = withDefaults('attention', given, attentionDefaults());
  checkNumbers('attention', { heads }, SIZE);
  return defineLayer<AttentionParams, Nothing>('attention', {
    init(key, inputShape) {
      checkRank('attention', inputShape, 2, 'length, n');
      const n = inputShape[1]!;
      if (n % heads !== 0) throw new RangeError(`attention: ${heads} heads do not divide ${n} features.`);
      const project = dense(n, options);
      const keys = split(key, 4);
      const [query, k, value, out] = ['query', 'key', 'value', 'out'].map((name, i) =>
        inside(name, () => project.init(keys[i]!, inputShape).params),
      );
      return {
        params: { query: query!, key: k!, value: value!, out: out! },
        state: {},
        outputShape: inputShape,
      };
    },
    apply(params, state, x) {
      const [b, length, n] = x.shape as [number, number, number];
      const project = dense(n, options);
      const size = n / heads;
      const head = (p: KernelParams, order: number[]): Tensor =>
        transpose(reshape(project.apply(p, {}, x)[0], [b, length, heads, size]), order);
      const q = mul(head(params.query, [0, 2, 1, 3]), scale ?? 1 / Math.sqrt(size)); // [b, heads, length, size]
      const k = head(params.key, [0, 2, 3, 1]); // [b, heads, size, length]
      const v = head(params.value, [0, 2, 1, 3]);
      const scores = matMul(q, k);
      const weights = softmax(causal ? add(scores, future(length)) : scores);
      const mixed = reshape(transpose(matMul(weights, v), [0, 2, 1, 3]), [b, length, n]);
      return [project.apply(params.out, {}, mixed)[0], state];
    },
    operations: ([length, n]) => 4 * length! * length! * n!,
  });
}

/** [length, length]: 0 up to the diagonal and a score of no weight above it. */
function future(length: number): Tensor {
  const at = range(0, length, 1, 'int32');
  const seen = lessEqual(expandDims(at, 0), expandDims(at, 1));
  return where(seen, zeros([length, length]), fill([length, length], -1e9));
}
