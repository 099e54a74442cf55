import type { LinearLayer } from './layer';
import type { TractOptions } from './options';

/** Which of the two equal forms of the corrected gradient is computed; a lookup needs neither. */
export type Form = 'primal' | 'dual';

/**
 * Operations (multiplications and additions) that TrAct adds to a layer's gradient.
 *
 * Primal: x^T x (b n^2, as it is symmetric), its factor (n^3 / 3), the solve (2 n^2 m). Dual: x x^T (b^2 n), its factor (b^3 / 3), the
 * solve (2 b^2 m). The product with x^T, 2 b n m, is that of the ordinary gradient.
 */
export function operations({ kind, b, n, m, stacks }: LinearLayer, form: Form): number {
  if (kind === 'lookup') return b + n * m;
  const [size, other] = form === 'dual' ? [b, n] : [n, b];
  return stacks * (size * size * other + size ** 3 / 3 + 2 * size * size * m);
}

/** The form to use. What changes A without the rows of x (`sample`, `reduce`) is for the primal form only. */
export function formOf(layer: LinearLayer, { form, reduce, sample }: TractOptions): Form {
  if (layer.kind === 'lookup' || reduce || sample < 1) return 'primal';
  if (form !== 'auto') return form;
  return operations(layer, 'dual') < operations(layer, 'primal') ? 'dual' : 'primal';
}

/** Numbers in the largest Gram matrix that is tried: 2 GiB of them, and there are several. */
const LARGEST = 2 ** 29;

/** @throws RangeError where the matrix to be factored could not be held. */
export function checkSize(name: string, kernel: string, layer: LinearLayer, form: Form): void {
  if (layer.kind === 'lookup') return;
  const { b, n, stacks } = layer;
  const size = form === 'dual' ? b : n;
  if (stacks * size * size <= LARGEST) return;
  throw new RangeError(
    `${name}: the first layer in ${kernel} has ${n} features and ${b} rows, and ${form === 'dual' ? 'x x^T' : 'x^T x'} would be ${stacks > 1 ? `${stacks} of ` : ''}` +
      `[${size},${size}]. If it should not be corrected, keep its parameter out of the first argument of tract; else make its input smaller.`,
  );
}
