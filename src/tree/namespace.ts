import type * as types from './types';

// What `tree` exports of types that other entries use, too. The bundled declarations have those in a file of their own, and would take what a
// namespace only hands on from there for values (rollup-plugin-dts); what is declared here is seen to be a type.
export type Tree<Leaf> = types.Tree<Leaf>;
export type MapLeaves<T, Leaf, Replaced = types.Numeric> = types.MapLeaves<T, Leaf, Replaced>;
export type Mapped<T, Leaf> = types.Mapped<T, Leaf>;
export type LeafOf<T> = types.LeafOf<T>;
