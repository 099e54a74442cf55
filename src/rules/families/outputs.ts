import type { DataType } from '@tensorflow/tfjs-core';
import type { Aval, ShapeCall } from '../../core/rule';

/** One output with the shape of an input, and with its type where no other is named. */
export const like =
  (input: string, dtype?: DataType) =>
  ({ inputs }: ShapeCall): Aval => ({ shape: inputs[input]!.shape, dtype: dtype ?? inputs[input]!.dtype });

/** One float32 output whose shape an attribute says. */
export const asTold =
  (attribute: string) =>
  ({ attrs }: ShapeCall): Aval => ({ shape: attrs[attribute], dtype: 'float32' });
