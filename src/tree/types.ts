/** A tree of values: what the functions here take as containers and as leaves, save instances of registered classes. */
export type Tree<Leaf> =
  | Leaf
  | null
  | readonly Tree<Leaf>[]
  | { readonly [key: string]: Tree<Leaf> }
  | ReadonlyMap<unknown, Tree<Leaf>>;

/** A tensor by its shape, so that a second copy of tfjs-core is one too. */
interface TensorLike {
  readonly shape: number[];
  readonly dtype: string;
  readonly rankType: unknown;
}

/** What tensor functions take for a tensor. */
export type Numeric = TensorLike | number;

/** What TypeScript can tell to be a leaf: a class's instances look like plain objects to it. */
type Opaque =
  | Numeric
  | string
  | boolean
  | bigint
  | symbol
  | undefined
  | ArrayBufferView
  | Date
  | ((...args: never[]) => unknown);

type IsAny<T> = 0 extends 1 & T ? true : false;

/**
 * The type of a tree with other leaves: objects, arrays, (readonly) tuples, Maps and null stay as they are.
 *
 * @typeParam Replaced which leaves change type: tensors and numbers, unless told
 * @example MapLeaves<{ w: Tensor2D; b: [number, null] }, Tensor>   // { w: Tensor; b: [Tensor, null] }
 */
export type MapLeaves<T, Leaf, Replaced = Numeric> =
  IsAny<T> extends true
    ? T
    : unknown extends T
      ? T
      : T extends Replaced
        ? Leaf
        : T extends null | Opaque
          ? T
          : T extends Map<infer K, infer V>
            ? Map<K, MapLeaves<V, Leaf, Replaced>>
            : T extends ReadonlyMap<infer K, infer V>
              ? ReadonlyMap<K, MapLeaves<V, Leaf, Replaced>>
              : T extends object
                ? { [K in keyof T]: MapLeaves<T[K], Leaf, Replaced> }
                : T;

/** The type of a tree with every leaf replaced, strings and functions too. */
export type Mapped<T, Leaf> = MapLeaves<T, Leaf, Opaque>;

/** The union of a tree's leaf types. */
export type LeafOf<T> =
  IsAny<T> extends true
    ? T
    : unknown extends T
      ? T
      : T extends null
        ? never
        : T extends Opaque
          ? T
          : T extends readonly (infer Item)[]
            ? LeafOf<Item>
            : T extends ReadonlyMap<unknown, infer V>
              ? LeafOf<V>
              : T extends object
                ? { [K in keyof T]-?: LeafOf<T[K]> }[keyof T]
                : T;
