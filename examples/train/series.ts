import { type EpochMetrics, readMetrics, type StepMetrics } from './metrics';

export type Variant = 'ordinary' | 'TrAct';

/** The metrics of one run. */
export interface Series {
  readonly variant: Variant;
  readonly seed: number;
  readonly steps: readonly StepMetrics[];
  readonly epochs: readonly EpochMetrics[];
}

export function seriesOf(variant: Variant, seed: number, file: string): Series {
  const metrics = readMetrics(file);
  const steps = metrics.filter((line) => line.kind === 'step');
  const epochs = metrics.filter((line) => line.kind === 'epoch');
  return { variant, seed, steps, epochs };
}

/** The runs of each variant that there is. */
export function byVariant(series: readonly Series[]): [Variant, Series[]][] {
  return (['ordinary', 'TrAct'] as const)
    .map((variant): [Variant, Series[]] => [variant, series.filter((each) => each.variant === variant)])
    .filter(([, runs]) => runs.length > 0);
}
