import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { mean } from '../shared/statistics';
import { interval } from './interval';
import { byVariant, type Series, type Variant } from './series';

const COLOURS: Record<Variant, string> = { ordinary: 'var(--ordinary)', TrAct: 'var(--tract)' };

/** Points to an epoch in the curve of the training loss: each is the mean of the steps before it. */
const POINTS_PER_EPOCH = 20;

interface Point {
  readonly epoch: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Test accuracy in percent: the mean over the seeds, its 95 % interval as a band, and each seed as a dot. */
export function accuracyChart(series: readonly Series[]): string {
  const marks = byVariant(series).flatMap(([variant, runs]) => {
    const dots = runs.flatMap(({ seed, epochs }) =>
      epochs.map(({ epoch, testAccuracy }) => ({ epoch, value: 100 * testAccuracy, seed })),
    );
    const title = ({ value, seed }: (typeof dots)[number]) =>
      `${variant}, seed ${seed}: ${value.toFixed(2)} %`;
    const values = runs.map(({ epochs }) =>
      epochs.map(({ epoch, testAccuracy }) => ({ epoch, value: 100 * testAccuracy })),
    );
    return [
      ...curve(across(values), variant),
      Plot.dot(dots, { x: 'epoch', y: 'value', fill: COLOURS[variant], r: 2.5, title }),
    ];
  });
  return chart(marks, { nice: true });
}

/** Training loss, likewise. */
export function lossChart(series: readonly Series[]): string {
  const marks = byVariant(series).flatMap(([variant, runs]) => curve(across(runs.map(smoothed)), variant));
  return chart(marks, { type: 'log', tickFormat: '~g' });
}

function smoothed({ steps, epochs }: Series): { epoch: number; value: number }[] {
  const perEpoch = epochs[0]?.step ?? steps.length;
  const width = Math.max(1, Math.round(perEpoch / POINTS_PER_EPOCH));
  return Array.from({ length: Math.ceil(steps.length / width) }, (_, i) => {
    const part = steps.slice(i * width, (i + 1) * width);
    return { epoch: part.at(-1)!.step / perEpoch, value: mean(part.map(({ loss }) => loss)) };
  });
}

/** Mean and interval over the seeds, at each place that all runs have reached. */
function across(runs: readonly (readonly { epoch: number; value: number }[])[]): Point[] {
  const length = Math.min(...runs.map((run) => run.length));
  return Array.from({ length }, (_, i) => {
    const values = runs.map((run) => run[i]!.value);
    const { mean: value, half } = interval(values);
    const [low, high] = Number.isNaN(half) ? [value, value] : [value - half, value + half];
    return { epoch: runs[0]![i]!.epoch, value, low: Math.max(low, 1e-6), high };
  });
}

function curve(points: Point[], variant: Variant): Plot.Markish[] {
  const colour = COLOURS[variant];
  return [
    Plot.areaY(points, { x: 'epoch', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.18, clip: true }),
    Plot.lineY(points, { x: 'epoch', y: 'value', stroke: colour, strokeWidth: 2 }),
  ];
}

function chart(marks: Plot.Markish[], y: Plot.ScaleOptions): string {
  const { document } = parseHTML('<html></html>');
  const svg = Plot.plot({
    document,
    ...{ width: 460, height: 290, marginLeft: 48, marginRight: 14, marginBottom: 42 },
    style: { fontSize: '12px' },
    x: { label: 'epoch', tickFormat: '~g', tickSize: 0 },
    y: { grid: true, label: null, ticks: 5, tickSize: 0, ...y },
    marks,
  });
  return svg.outerHTML;
}
