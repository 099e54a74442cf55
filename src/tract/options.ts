import { scalar, Tensor } from '@tensorflow/tfjs-core';
import { withDefaults, describeValue } from '../core/errors';
import { checkNumbers, type Domain } from '../core/numbers';
import { isReadable } from './readable';
import type { Form } from './form';

export interface TractSettings {
  /** Ridge: how strongly the update is kept small. 0.1 by default, 0.05 to 0.2 are usual; a scalar tensor follows a schedule without retracing. */
  lambda?: number | Tensor;
  /**
   * Solve with the Gram matrix of features ('primal') or of rows ('dual'); by cost by default. The two are equal; `sample`, `reduce` and a layer
   * with several uses need the primal one, and have it.
   */
  form?: Form | 'auto';
  /** Share of the rows, in (0, 1], that enter the Gram matrix, from the front of the batch (of a convolution: images); 1 by default. */
  sample?: number;
  /**
   * Makes the Gram matrix global in data-parallel runs: gets x^T x / rows `[n, n]` of this batch (`[stacks, n, n]` for a stack of weights, the
   * diagonal `[n]` for an embedding) and its number of rows, and returns the mean over all batches, weighted by rows.
   */
  reduce?: (gram: Tensor, rows: number) => Tensor;
}

export interface TractOptions {
  readonly lambda: number | Tensor;
  readonly form: Form | 'auto';
  readonly sample: number;
  readonly reduce?: (gram: Tensor, rows: number) => Tensor;
}

const POSITIVE_SHARE: Domain = ['in (0, 1]', (x) => x > 0 && x <= 1];

export function readOptions(given: number | Tensor | TractSettings = {}): TractOptions {
  const settings = typeof given === 'number' || given instanceof Tensor ? { lambda: given } : given;
  if (typeof settings !== 'object' || settings === null) {
    throw new TypeError(`tract: expected lambda or an object of options, got ${describeValue(given)}.`);
  }
  const { lambda, form, sample, reduce } = withDefaults('tract', settings, {
    lambda: 0.1,
    form: 'auto',
    sample: 1,
    reduce: undefined,
  });
  checkLambda(lambda);
  if (form !== 'auto' && form !== 'primal' && form !== 'dual') {
    throw new RangeError(`tract: form must be 'auto', 'primal' or 'dual', got ${describeValue(form)}.`);
  }
  checkNumbers('tract', { sample }, POSITIVE_SHARE);
  if (reduce !== undefined && typeof reduce !== 'function') {
    throw new TypeError(`tract: reduce must be a function, got ${describeValue(reduce)}.`);
  }
  return { lambda, form, sample, ...(reduce && { reduce }) };
}

function checkLambda(lambda: unknown): void {
  if (lambda instanceof Tensor) {
    if (lambda.rank !== 0 || lambda.dtype !== 'float32') {
      throw new TypeError(
        `tract: lambda must be a number or a float32 scalar, got ${describeValue(lambda)}.`,
      );
    }
    return;
  }
  if (typeof lambda !== 'number')
    throw new TypeError(`tract: lambda must be a number or a float32 scalar, got ${describeValue(lambda)}.`);
  checkPositive(lambda);
}

function checkPositive(lambda: number): void {
  if (!(lambda > 0 && lambda < Infinity))
    throw new RangeError(`tract: lambda must be positive and finite, got ${lambda}.`);
}

/** lambda as a scalar tensor; one that a schedule sets is checked where its value can be read. */
export function ridgeOf({ lambda }: TractOptions): Tensor {
  if (typeof lambda === 'number') return scalar(lambda);
  if (isReadable(lambda)) checkPositive(lambda.dataSync()[0]!);
  return lambda;
}

const made = new WeakMap<object, { original: unknown; options: TractOptions }>();

/** Names a function that `tract` made, and remembers of what. */
export function remember<F extends object>(
  corrected: F,
  name: string,
  original: unknown,
  options: TractOptions,
): F {
  Object.defineProperty(corrected, 'name', { value: name, configurable: true });
  made.set(corrected, { original, options });
  return corrected;
}

export function optionsOf(f: object): { original: unknown; options: TractOptions } | undefined {
  return made.get(f);
}
