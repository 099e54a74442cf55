import { epochs, milliseconds, percent } from './format';
import { median } from '../shared/statistics';
import type { Comparison } from './train';
import { overhead } from './verdict';

export interface Table {
  readonly head: readonly string[];
  readonly body: readonly (readonly string[])[];
  readonly foot: readonly (readonly string[])[];
}

/** Accuracy and training loss after each epoch, then the time of a step and what TrAct adds to it. */
export function tableOf({ ordinary, tract }: Comparison): Table {
  return {
    head: ['epoch', 'accuracy', 'with TrAct', 'training loss', 'with TrAct'],
    body: ordinary.epochs.map(({ epoch, accuracy, loss }, i) => {
      const other = tract.epochs[i]!;
      return [
        epochs(epoch),
        percent(accuracy),
        percent(other.accuracy),
        loss.toFixed(4),
        other.loss.toFixed(4),
      ];
    }),
    foot: [
      ['time per step', milliseconds(median(ordinary.times)), milliseconds(median(tract.times))],
      ['overhead', '', overhead(ordinary, tract)],
    ],
  };
}

/** A table in columns of text, for a terminal. */
export function textOf({ head, body, foot }: Table): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body, ...foot].map((row) => row[column]?.length ?? 0)),
  );
  const pad = (cell: string, column: number) =>
    column ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
  const line = (row: readonly string[]) => row.map(pad).join('   ');
  const rule = widths.map((width) => '-'.repeat(width)).join('---');
  return [line(head), rule, ...body.map(line), rule, ...foot.map(line)].join('\n');
}
