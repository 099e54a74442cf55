import { scalar, Tensor } from '@tensorflow/tfjs-core';
import { assertBackend } from './backendErrors';
import { describeAval, describeValue } from './errors';
import { isDifferentiable } from './rule';
import { standIn } from './standIns';
import { escaped } from './trace';
import { traceOf, type Tracer } from './tracer';

/** Where a value is, for messages. A function where finding out walks a tree: it is called only if there is something to say. */
export type Where = string | (() => string);

function say(where: Where): string {
  return typeof where === 'string' ? where : where();
}

/** A leaf as a tensor: numbers are float32 scalars. */
export function toTensor(leaf: unknown, where: Where): Tensor {
  if (leaf instanceof Tensor) {
    // A function under checkpoint may pass what it closes over to one that never uses it: no kernel would tell.
    const other = standIn()?.(leaf);
    if (other) return other;
    if (leaf.isDisposed) {
      throw traceOf(leaf)?.phase === 'closed'
        ? escaped(leaf as Tracer)
        : new Error(`${say(where)}: ${describeAval(leaf)} is disposed.`);
    }
    return leaf;
  }
  if (typeof leaf === 'number') {
    assertBackend(() => say(where));
    return scalar(leaf, 'float32');
  }
  throw new TypeError(`${say(where)}: expected a tensor or a number, got ${describeValue(leaf)}.`);
}

/** A leaf as a tensor through which derivatives flow. */
export function toFloat(leaf: unknown, where: Where, whatFor: string): Tensor {
  const tensor = toTensor(leaf, where);
  if (!isDifferentiable(tensor)) {
    throw new TypeError(`${say(where)}: ${whatFor} requires float inputs, got ${describeAval(tensor)}.`);
  }
  return tensor;
}
