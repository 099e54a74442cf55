import type { Table } from '../shared/table';
import { median } from '../shared/statistics';
import { interval } from './interval';
import { byVariant, type Series } from './series';

const percent = (share: number): string => (100 * share).toFixed(2);

function withInterval(values: readonly number[]): string {
  const { mean, half } = interval(values);
  return Number.isNaN(half) ? percent(mean) : `${percent(mean)} ± ${percent(half)}`;
}

/**
 * Test accuracy in percent after each epoch: of each run, the mean over the seeds with its 95 % interval, and the difference that TrAct makes,
 * seed by seed; then the time of a step.
 */
export function comparisonTable(series: readonly Series[]): Table {
  const variants = byVariant(series);
  const seeds = [...new Set(series.map(({ seed }) => seed))];
  const [ordinary, tract] = [
    variants.find(([v]) => v === 'ordinary')?.[1],
    variants.find(([v]) => v === 'TrAct')?.[1],
  ];
  const epochs = Math.max(0, ...series.map((each) => each.epochs.length));
  const at = (runs: readonly Series[], i: number): number[] =>
    runs.flatMap((each) => each.epochs[i]?.testAccuracy ?? []);
  const body = Array.from({ length: epochs }, (_, i) => {
    const cells = variants.map(([, runs]) => withInterval(at(runs, i)));
    if (!ordinary || !tract) return [String(i + 1), ...cells];
    const differences = seeds.flatMap((seed) => {
      const [a, b] = [ordinary, tract].map(
        (runs) => runs.find((each) => each.seed === seed)?.epochs[i]?.testAccuracy,
      );
      return a === undefined || b === undefined ? [] : [b - a];
    });
    return [String(i + 1), ...cells, differences.length > 0 ? withInterval(differences) : '-'];
  });
  const milliseconds = variants.map(([, runs]) =>
    median(runs.flatMap(({ steps }) => steps.map((step) => step.milliseconds))),
  );
  const difference = ordinary && tract ? ['difference'] : [];
  const overhead =
    difference.length > 0 ? [`${(100 * (milliseconds[1]! / milliseconds[0]! - 1)).toFixed(0)} %`] : [];
  return {
    head: ['accuracy after epoch', ...variants.map(([variant]) => variant), ...difference],
    body,
    foot: [['ms per step', ...milliseconds.map((ms) => ms.toFixed(1)), ...overhead]],
  };
}
