import type { Tensor } from '@tensorflow/tfjs-core';
import type { Attrs, Aval, Named } from '../core/rule';

/**
 * A linear primitive z = x W seen as matrices: rows of data x `[..., b, n]`, weights W `[..., n, m]`, cotangents g `[..., b, m]`.
 * Leading axes `...` are there for weights that come in stacks (one per channel, per head), each with a Gram matrix of its own.
 */
export interface LinearLayer {
  /** Rows, features and outputs; for convolutions b = batch x output positions, n = kernel height x width x channels. */
  readonly b: number;
  readonly n: number;
  readonly m: number;
  /** Number of weight matrices. */
  readonly stacks: number;
  /** Blocks of the rows of x, each small enough to be held: sums over them are sums over all rows. */
  blocks(data: Tensor): Iterable<() => Tensor>;
  /** The weight (or its cotangent) as matrices, and back. */
  toMatrix(weight: Tensor): Tensor;
  fromMatrix(matrix: Tensor): Tensor;
  /** The output's cotangent as rows, and back. */
  toRows(ct: Tensor): Tensor;
  fromRows(rows: Tensor): Tensor;
}

/** How one operand of a linear kernel acts as the weight of a layer; undefined where this call is no such layer. */
export interface LayerKind {
  readonly kernel: string;
  /** Names of the weight and the data operand. */
  readonly weight: string;
  readonly data: string;
  layer(avals: Named<Aval>, attrs: Attrs): LinearLayer;
}

const kinds: LayerKind[] = [];

export function defineLayer(kind: LayerKind): void {
  kinds.push(kind);
}

/** The ways in which a kernel can be a first layer. */
export function layerKinds(kernel: string): LayerKind[] {
  return kinds.filter((kind) => kind.kernel === kernel);
}

/** Kernels that can be first layers, for messages. */
export function layerKernels(): string[] {
  return [...new Set(kinds.map(({ kernel }) => kernel))];
}
