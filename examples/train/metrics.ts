import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { Failure } from '../shared/failure';

export interface StepMetrics {
  readonly kind: 'step';
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly gradientNorm: number;
  /** Of this step, batch included. */
  readonly milliseconds: number;
}

export interface EpochMetrics {
  readonly kind: 'epoch';
  readonly epoch: number;
  readonly step: number;
  /** Mean over the epoch's steps. */
  readonly trainingLoss: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
  /** Of training since the start, evaluations left out. */
  readonly seconds: number;
}

export type Metrics = StepMetrics | EpochMetrics;

/** A file of metrics, one JSON object a line, each written at once. */
export class MetricsFile {
  private readonly descriptor: number;

  /** @param length what a checkpoint knows of an earlier part of the run; the rest will be written again */
  constructor(file: string, length = 0) {
    this.descriptor = openSync(file, 'a');
    const found = fstatSync(this.descriptor).size;
    if (found < length) {
      closeSync(this.descriptor);
      throw new Failure(
        `${file}: at offset ${found}: the file ends, its checkpoint has seen ${length} bytes of it`,
      );
    }
    ftruncateSync(this.descriptor, length);
  }

  write(metrics: Metrics): void {
    writeSync(this.descriptor, `${JSON.stringify(metrics)}\n`);
  }

  /** Brings everything to the disk and says how much there is. */
  flush(): number {
    fsyncSync(this.descriptor);
    return fstatSync(this.descriptor).size;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** All metrics in a file; a last line that was cut off is left out. */
export function readMetrics(file: string): Metrics[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line, i) => {
    try {
      return JSON.parse(line) as Metrics;
    } catch {
      throw new Failure(`${file}: line ${i + 1} is no JSON`);
    }
  });
}
