import { epochs, milliseconds, percent } from './format';
import type { Table } from '../shared/table';
import { median } from '../shared/statistics';
import type { Comparison } from './train';
import { overhead } from './verdict';

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
