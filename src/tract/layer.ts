import type { Tensor } from '@tensorflow/tfjs-core';
import type { Attrs, Aval, Named } from '../core/rule';

/** Rows b, features n and outputs m of a layer z = x W; for convolutions b = batch x output positions, n = kernel height x width x channels. */
interface Sizes {
  readonly b: number;
  readonly n: number;
  readonly m: number;
  /** Number of weight matrices, each with an A of its own (one per channel, per head). */
  readonly stacks: number;
  /** Tells apart layers that see the same tensor as different matrices. */
  readonly orientation?: string;
}

/** A linear primitive seen as matrices: rows of data x `[..., b, n]`, weights W `[..., n, m]`, cotangents g `[..., b, m]`, with one leading axis for stacks. */
export interface DenseLayer extends Sizes {
  readonly kind: 'dense';
  /**
   * Blocks of the rows of x, each small enough to be held: sums over them are sums over all rows.
   *
   * @param share share of the rows that is wanted, from the front, in the steps in which the data come (images)
   */
  blocks(data: Tensor, share: number): Iterable<() => Tensor>;
  /** The weight (or its cotangent) as matrices, and back. */
  toMatrix(weight: Tensor): Tensor;
  fromMatrix(matrix: Tensor): Tensor;
  /** The output's cotangent as rows. */
  toRows(ct: Tensor): Tensor;
}

/** A layer whose rows have a single one each, so that x^T x is the diagonal of counts. */
export interface LookupLayer extends Sizes {
  readonly kind: 'lookup';
  /** How often each feature occurs, `[stacks n]`, and in how many rows of each stack. */
  counts(data: Tensor, share: number): { counts: Tensor; rows: number };
  /** A number per feature, shaped so that it broadcasts against the weight. */
  alongFeatures(values: Tensor): Tensor;
}

export type LinearLayer = DenseLayer | LookupLayer;

/** How one operand of a linear kernel acts as the weight of a layer. */
export interface LayerKind {
  readonly kernel: string;
  /** Names of the weight and the data operand. */
  readonly weight: string;
  readonly data: string;
  layer(avals: Named<Aval>, attrs: Attrs): LinearLayer;
}

const kinds = new Map<string, LayerKind[]>();

export function defineLayer(kind: LayerKind): void {
  kinds.set(kind.kernel, [...layerKinds(kind.kernel), kind]);
}

/** The ways in which a kernel can be a first layer. */
export function layerKinds(kernel: string): readonly LayerKind[] {
  return kinds.get(kernel) ?? [];
}

/** Kernels that can be first layers, for messages. */
export function layerKernels(): string[] {
  return [...kinds.keys()];
}

/** How many of `count` steps a share is: at least one. */
export function partOf(count: number, share: number): number {
  return share === 1 ? count : Math.min(count, Math.max(1, Math.ceil(share * count)));
}
