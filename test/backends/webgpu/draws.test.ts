import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { random } from '../../../src';

test('keys on the graphics card give the same numbers as on the host', () => {
  tf.tidy(() => {
    const draw = (key: tf.Tensor): number[][] =>
      [
        random.uniform(key, [5]),
        random.normal(key, [300]),
        random.randint(key, [7], -3, 1000),
        random.bits(key, [4]),
        random.fold(key, 12345),
        ...random.split(key, 1),
      ].map((t) => Array.from(t.dataSync()));
    const onHost = draw(random.key(7));
    const key = random.key(7);
    // Any kernel takes it there.
    void tf.add(key, 1).dataSync();
    const { values } = (
      tf.backend() as unknown as { tensorMap: { get(id: object): { values: unknown } } }
    ).tensorMap.get(key.dataId);
    expect(values).toBeNull();
    draw(key).forEach((found, i) =>
      found.forEach((v, k) => expect(Math.abs(v - onHost[i]![k]!)).toBeLessThanOrEqual(i === 1 ? 1e-5 : 0)),
    );
  });
});
