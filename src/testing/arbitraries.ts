import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import type * as FastCheck from 'fast-check';

/** fast-check itself, as the caller imported it: an optional peer that nothing here imports. */
export type FastCheckModule = Pick<
  typeof FastCheck,
  | 'array'
  | 'constant'
  | 'dictionary'
  | 'float'
  | 'integer'
  | 'letrec'
  | 'oneof'
  | 'string'
  | 'tuple'
  | 'boolean'
>;

export interface TensorConstraints {
  /** The shape; a random one by default. */
  shape?: readonly number[];
  /** Highest rank of a random shape; 3 by default. */
  maxRank?: number;
  /** Largest size along an axis of a random shape; 4 by default. */
  maxSize?: number;
  /** Type; float32 by default. */
  dtype?: 'float32' | 'int32' | 'bool';
  /** Smallest value; -2 by default. */
  min?: number;
  /** Largest value; 2 by default. */
  max?: number;
}

/** Arbitraries of fast-check for properties of transformations. */
export interface Arbitraries {
  /** Shapes with sizes of at least 1. */
  shape(constraints?: Pick<TensorConstraints, 'maxRank' | 'maxSize'>): FastCheck.Arbitrary<number[]>;
  /** Makers of tensors: a maker makes the same tensor at each call, in the scope where it is called. */
  tensor(constraints?: TensorConstraints): FastCheck.Arbitrary<() => Tensor>;
  /** Trees of arrays, objects, Maps and null with the given leaves. */
  pytree<T>(leaf: FastCheck.Arbitrary<T>, constraints?: { maxDepth?: number }): FastCheck.Arbitrary<unknown>;
}

/**
 * Arbitraries for tensors and pytrees, built with the caller's fast-check.
 *
 * Tensors come as makers, since fast-check keeps and prints what it draws, while a tensor belongs to the tidy scope it is made in.
 *
 * @param fc fast-check
 * @example
 * ```ts
 * import fc from 'fast-check';
 * const arbitraries = arbitrariesWith(fc);
 * fc.assert(fc.property(arbitraries.tensor({ maxRank: 2 }), (make) => tf.tidy(() => checkGrads((x: tf.Tensor) => tf.tanh(x), [make()]))));
 * ```
 */
export function arbitrariesWith(fc: FastCheckModule): Arbitraries {
  if (typeof fc?.letrec !== 'function')
    throw new TypeError('arbitrariesWith: expected fast-check itself, as in `import fc from "fast-check"`.');
  const shape: Arbitraries['shape'] = ({ maxRank = 3, maxSize = 4 } = {}) =>
    fc.array(fc.integer({ min: 1, max: maxSize }), { maxLength: maxRank });
  const tensorOf: Arbitraries['tensor'] = ({
    shape: given,
    dtype = 'float32',
    min = -2,
    max = 2,
    ...sizes
  } = {}) => {
    const shapes: FastCheck.Arbitrary<number[]> = given ? fc.constant([...given]) : shape(sizes);
    const value =
      dtype === 'bool'
        ? fc.boolean().map(Number)
        : dtype === 'int32'
          ? fc.integer({ min: Math.ceil(min), max: Math.floor(max) })
          : fc.float({ min: Math.fround(min), max: Math.fround(max), noNaN: true });
    return shapes.chain((dims) => {
      const size = dims.reduce((a, d) => a * d, 1);
      return fc.array(value, { minLength: size, maxLength: size }).map((values) =>
        Object.assign(() => tensor(values, dims as number[], dtype), {
          toString: () => `${dtype}[${dims.join(',')}](${values.join(', ')})`,
        }),
      );
    });
  };
  return {
    shape,
    tensor: tensorOf,
    pytree: <T>(leaf: FastCheck.Arbitrary<T>, { maxDepth = 3 }: { maxDepth?: number } = {}) =>
      fc.letrec<{ tree: unknown }>((tie) => ({
        tree: fc.oneof(
          { maxDepth, withCrossShrink: true },
          leaf,
          fc.constant(null),
          fc.array(tie('tree'), { maxLength: 3 }),
          fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), tie('tree'), {
            maxKeys: 3,
            noNullPrototype: true,
          }),
          fc
            .array(fc.tuple(fc.string({ maxLength: 2 }), tie('tree')), { maxLength: 2 })
            .map((entries) => new Map(entries)),
        ),
      })).tree,
  };
}
