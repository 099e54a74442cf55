import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { computesOnHost } from '../core/hostValues';
import { traceOf } from '../core/tracer';

/** Whether the values of a tensor are there to be read, now. */
export function isReadable(t: Tensor): boolean {
  return computesOnHost(getBackend()) && traceOf(t) === undefined;
}
