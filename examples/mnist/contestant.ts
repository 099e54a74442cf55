import type { Batch, Dataset } from './data';
import type { Filters, Learner } from './learner';
import { mean } from '../shared/statistics';

/** What is known of a network at the end of an epoch, or where training was stopped. */
export interface EpochResult {
  /** Epochs trained so far; not a whole number where training was stopped within one. */
  readonly epoch: number;
  /** Mean loss of the epoch's training batches. */
  readonly loss: number;
  /** Share of the test images classified right. */
  readonly accuracy: number;
}

/** The record of one network's training. */
export interface Run {
  readonly name: string;
  /** One entry for each step: its loss, and its time in milliseconds. */
  readonly losses: number[];
  readonly times: number[];
  readonly epochs: EpochResult[];
  readonly initialFilters: Filters;
  filters: Filters;
  /** Which test images were classified right at the last evaluation. */
  right: boolean[];
}

/** A learner that keeps the record of its run. */
export class Contestant {
  readonly run: Run;

  constructor(
    name: string,
    private readonly learner: Learner,
  ) {
    const filters = learner.filters();
    this.run = { name, losses: [], times: [], epochs: [], initialFilters: filters, filters, right: [] };
  }

  step(batch: Batch): void {
    const start = performance.now();
    const loss = this.learner.step(batch);
    this.run.times.push(performance.now() - start);
    this.run.losses.push(loss);
  }

  /** The loss at the last step. */
  get lastLoss(): number {
    return this.run.losses.at(-1) ?? NaN;
  }

  /** @param stepsInEpoch how many of the steps so far belong to the epoch that ends here */
  evaluate(epoch: number, stepsInEpoch: number, test: Dataset): EpochResult {
    const { run, learner } = this;
    run.right = learner.classify(test);
    run.filters = learner.filters();
    const loss = mean(run.losses.slice(-stepsInEpoch));
    const result = { epoch, loss, accuracy: run.right.filter(Boolean).length / test.count };
    run.epochs.push(result);
    return result;
  }

  dispose(): void {
    this.learner.dispose();
  }
}
