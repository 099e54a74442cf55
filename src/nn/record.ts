import type { Tensor } from '@tensorflow/tfjs-core';
import { leaves } from '../tree';
import type { Initialised, LayerDefinition, Shape } from './layer';

/** What `summary` shows of one layer. */
export interface LayerRow {
  /** Names of the layers around it and its own, joined by `/`. */
  readonly path: string;
  readonly layer: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Parameters, those of layers inside included. */
  readonly parameters: number;
  /** Multiplications and additions for one example, likewise. */
  readonly operations: number;
  /** Whether it holds others. */
  readonly composite: boolean;
}

interface Recording {
  readonly rows: LayerRow[];
  readonly path: string[];
  operations: number;
}

let recording: Recording | undefined;

/** Runs `init` functions and returns a row for each layer that they initialise, in the order in which data pass. */
export function record(body: () => void): LayerRow[] {
  const outer = recording;
  const mine: Recording = { rows: [], path: [], operations: 0 };
  recording = mine;
  try {
    body();
    return mine.rows;
  } finally {
    recording = outer;
  }
}

/** Names what is initialised inside another layer. */
export function inside<T>(name: string, init: () => T): T {
  const now = recording;
  if (!now) return init();
  now.path.push(name);
  try {
    return init();
  } finally {
    now.path.pop();
  }
}

export function recorded<P, S>(
  layer: string,
  inputShape: Shape,
  init: () => Initialised<P, S>,
  operations: LayerDefinition<P, S>['operations'],
): Initialised<P, S> {
  const now = recording;
  if (!now) return init();
  const at = now.rows.length;
  const before = now.operations;
  const result = init();
  now.operations += operations?.(inputShape, result.outputShape) ?? 0;
  now.rows.splice(at, 0, {
    path: now.path.join('/'),
    layer,
    inputShape,
    outputShape: result.outputShape,
    parameters: countOf(result.params),
    operations: now.operations - before,
    composite: now.rows.length > at,
  });
  return result;
}

function countOf(params: unknown): number {
  return (leaves(params) as Tensor[]).reduce((sum, { size }) => sum + size, 0);
}
