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
