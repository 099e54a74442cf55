import type { Tensor } from '@tensorflow/tfjs-core';
import { evalShape } from '../transforms/evalShape';
import { checkLayer, type AnyLayer, type Shape } from './layer';
import { record, type LayerRow } from './record';

/** What a model consists of. Converted to a string it is a table. */
export interface Summary {
  readonly rows: readonly LayerRow[];
  readonly outputShape: Shape;
  readonly parameters: number;
  /** Multiplications and additions for one example. */
  readonly operations: number;
  toString(): string;
}

/**
 * Shapes, parameters and operations of a model's layers. Nothing is computed: parameters are only counted.
 *
 * @param inputShape of one example
 * @example
 * ```ts
 * const { parameters } = summary(sequential({ hidden: dense(16), out: dense(2) }), [4]);
 * parameters; // 114
 * console.log(`${summary(lenet(), [28, 28, 1])}`);
 * ```
 */
export function summary(model: AnyLayer, inputShape: Shape): Summary {
  checkLayer('summary: model', model);
  let rows: LayerRow[] = [];
  evalShape(
    (key: Tensor) => {
      let params: unknown;
      rows = record(() => ({ params } = model.init(key, inputShape)));
      return params;
    },
    { shape: [2], dtype: 'int32' },
  );
  const [whole] = rows;
  const { outputShape, parameters, operations } = whole!;
  return { rows, outputShape, parameters, operations, toString: () => table(rows) };
}

function table(rows: readonly LayerRow[]): string {
  const lines = [
    ['layer', 'kind', 'output', 'parameters', 'operations'],
    ...rows.map(({ path, layer, outputShape, parameters, operations }) => [
      path || '(model)',
      layer,
      `[${outputShape.join(', ')}]`,
      parameters.toLocaleString('en'),
      operations.toLocaleString('en'),
    ]),
  ];
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i < 3 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
