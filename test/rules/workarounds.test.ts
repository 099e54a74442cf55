import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { intercepted } from '../../src/core/dispatch';
import { tolerance } from '../support/tolerance';
import { workarounds } from './workarounds';

interface Found {
  shape: number[];
  dtype: tf.DataType;
  values: number[];
}

/** What a call gives: of all results the values, of the first the shape and type. */
function found(call: () => tf.Tensor | tf.Tensor[]): Found {
  const read = (y: tf.Tensor[]): Found => ({
    shape: y[0]!.shape,
    dtype: y[0]!.dtype,
    values: y.flatMap((t) => [...(t.dataSync() as Float32Array)]),
  });
  const scope = tf.engine();
  scope.startScope();
  try {
    return read([call()].flat());
  } finally {
    scope.endScope();
  }
}

const within = (a: number, b: number): boolean =>
  Object.is(a, b) || Math.abs(a - b) <= 10 * tolerance().reordered * (1 + Math.abs(b));

/** What tfjs alone gives: an error, or errors of the device, which no test is to see, are undefined. */
async function plainly(call: () => tf.Tensor | tf.Tensor[]): Promise<Found | undefined> {
  const { device } = tf.backend() as { device?: GPUDevice };
  const { state } = tf.engine() as unknown as { state: { numBytes: number } };
  const { numBytes } = state;
  device?.pushErrorScope('validation');
  let result: Found | undefined;
  try {
    result = found(call);
  } catch {
    result = undefined;
  }
  // A wrong shape of NaN is counted as such.
  state.numBytes = numBytes;
  return (await device?.popErrorScope()) ? undefined : result;
}

const backend = tf.getBackend();
const isOn = (row: string): boolean => {
  const backends = row.split(' | ')[0]!;
  return backends.startsWith('all')
    ? backends !== 'all but tensorflow' || backend !== 'tensorflow'
    : backends.split(', ').includes(backend);
};

const here = Object.entries(workarounds).flatMap(([row, cases]) =>
  isOn(row)
    ? cases.flatMap((c) => ('call' in c && (c.on ?? [backend]).includes(backend) ? [{ row, ...c }] : []))
    : [],
);

describe.each(here)('$row: $name', ({ call, ours, is, shape, dtype }) => {
  const isRight = (y: Found | undefined): boolean =>
    !(is instanceof RegExp) &&
    y !== undefined &&
    (!shape || tf.util.arraysEqual(y.shape, shape as number[])) &&
    (!dtype || y.dtype === dtype) &&
    y.values.length === is.length &&
    y.values.every((value, i) => within(value, is[i]!));

  it('is right here, or a named error', () => {
    const through = (): Found => found(() => (ours ? ours() : intercepted(call)));
    if (is instanceof RegExp) return expect(through).toThrow(is);
    const y = through();
    expect(isRight(y), `found ${JSON.stringify(y)}, not ${JSON.stringify(is)}`).toBe(true);
  });

  it('is wrong in tfjs alone', async () => {
    const y = await plainly(call);
    expect(isRight(y), 'right in tfjs: what stands for it can go').toBe(false);
  });
});
