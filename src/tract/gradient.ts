import { tidy, type Tensor } from '@tensorflow/tfjs-core';
import { gramOfRows, moments, product, ridgeSolveWide, type Wide } from '../linalg/wide';
import { matMulT } from '../rules/families/matMulT';
import { allRows, rowsFrom, sumOverBlocks } from './blocks';
import { checked } from './checked';
import type { DenseLayer } from './layer';
import type { TractOptions } from './options';
import { divide, measure, reduced } from './statistic';

/** A^-1 x^T g, shaped as the weight, by way of x^T x. A block of x is unfolded once for both products. */
export function primal(
  layer: DenseLayer,
  data: Tensor,
  lambda: Tensor,
  g: Tensor,
  options: TractOptions,
): Tensor {
  if (options.sample < 1) {
    const statistic = reduced(measure([{ layer, data }], options.sample), options);
    return layer.fromMatrix(divide(statistic, lambda, weightGradient(layer, data, g)));
  }
  const all = layer.toRows(g);
  const { sums, rows } = sumOverBlocks(layer.blocks(data, 1), (x, [sum, gradient], begin) =>
    moments(x, rowsFrom(all, begin, x.shape.at(-2)!), sum, gradient),
  );
  const [{ high, low }, gradient] = sums as [Wide, Wide];
  const statistic = reduced({ sums: [high, low], rows }, options);
  return layer.fromMatrix(divide(statistic, lambda, gradient));
}

/** The same by way of x x^T, for b < n: x^T (x x^T / b + lambda I)^-1 g. */
export function dual(layer: DenseLayer, data: Tensor, lambda: Tensor, g: Tensor): Tensor {
  const x = allRows(layer, data);
  // x x^T is gone before the product is made.
  const y = tidy(() => {
    const products = gramOfRows(x);
    const right = layer.toRows(g);
    const { high, low } = ridgeSolveWide(products, Math.max(layer.b, 1), lambda, right);
    return { high: checked(products.high, right, high), low };
  });
  // One row leaves no sum whose terms could cancel.
  return layer.fromMatrix(layer.b === 1 ? matMulT(x, y.high, true) : product(x, y).high);
}

/** x^T g as a matrix. */
export function weightGradient(layer: DenseLayer, data: Tensor, g: Tensor): Wide {
  const all = layer.toRows(g);
  const { sums } = sumOverBlocks(layer.blocks(data, 1), (x, [gradient], begin) => [
    product(x, rowsFrom(all, begin, x.shape.at(-2)!), gradient),
  ]);
  return sums[0]!;
}
