import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Run } from './contestant';
import type { Comparison } from './train';
import { mean } from '../shared/statistics';

/** Points to an epoch in the curve of the training loss: each is the mean of the steps before it. */
const POINTS_PER_EPOCH = 20;

/** Curves of the training loss, as the text of an SVG element that takes its colours from the page. */
export function lossChart(comparison: Comparison): string {
  const curve = (run: Run, stroke: string) => [line(smoothLoss(run, comparison.stepsPerEpoch), stroke)];
  return chart(comparison, curve, { type: 'log', tickFormat: '~g' });
}

/** Curves of the accuracy on the test images, in percent, likewise. */
export function accuracyChart(comparison: Comparison): string {
  const curve = ({ name, epochs }: Run, stroke: string) => {
    const points = epochs.map(({ epoch, accuracy }) => ({ epoch, value: 100 * accuracy }));
    const title = ({ value }: Point) => `${name}: ${value.toFixed(2)} %`;
    return [line(points, stroke), Plot.dot(points, { ...PLACE, fill: stroke, r: 3.5, title })];
  };
  return chart(comparison, curve, { nice: true });
}

interface Point {
  readonly epoch: number;
  readonly value: number;
}

function smoothLoss({ losses }: Run, stepsPerEpoch: number): Point[] {
  const width = Math.max(1, Math.round(stepsPerEpoch / POINTS_PER_EPOCH));
  return Array.from({ length: Math.ceil(losses.length / width) }, (_, i) => {
    const steps = losses.slice(i * width, (i + 1) * width);
    return { epoch: (i * width + steps.length) / stepsPerEpoch, value: mean(steps) };
  });
}

const PLACE = { x: 'epoch', y: 'value' } as const;

const line = (points: Point[], stroke: string) => Plot.lineY(points, { ...PLACE, stroke, strokeWidth: 2 });

function chart(
  { ordinary, tract }: Comparison,
  curve: (run: Run, stroke: string) => Plot.Markish[],
  y: Plot.ScaleOptions,
): string {
  const { document } = parseHTML('<html></html>');
  const last = ordinary.epochs.at(-1)?.epoch ?? 0;
  const svg = Plot.plot({
    document,
    width: 460,
    height: 290,
    marginLeft: 48,
    marginRight: 14,
    marginBottom: 42,
    style: { fontSize: '12px' },
    x: {
      domain: [0, last],
      label: 'epoch',
      ticks: Math.min(10, Math.ceil(last)),
      tickFormat: '~g',
      tickSize: 0,
    },
    y: { grid: true, label: null, ticks: 5, tickSize: 0, ...y },
    marks: [...curve(ordinary, 'var(--ordinary)'), ...curve(tract, 'var(--tract)')],
  });
  return svg.outerHTML;
}
