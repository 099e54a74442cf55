import type { Workload } from '../models/workload';

/** What is measured: the loss; loss and gradient; a whole step of Adam. */
export const MEASURES = ['forward', 'gradient', 'step'] as const;
export type Measure = (typeof MEASURES)[number];

/** One call of what is measured. It may return its own time in milliseconds, where the work is done in another process. */
export type Body = () => void | Promise<number | void>;

/** Something that does the work of a measure. */
export interface Contender {
  readonly name: string;
  /** Bodies that run a measure on a workload; undefined where it has nothing for it. */
  prepare(workload: Workload, measure: Measure): { body: Body; dispose(): void } | undefined;
}
