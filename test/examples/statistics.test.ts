import { fc, test } from '@fast-check/vitest';
import { expect, test as example } from 'vitest';
import { median, signTest } from '../../examples/shared/statistics';

test.prop([fc.array(fc.integer(), { minLength: 1 })])(
  'as many values lie below the median as above',
  (values) => {
    const middle = median(values);
    const below = values.filter((value) => value < middle).length;
    const above = values.filter((value) => value > middle).length;
    expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
  },
);

example.each([
  [0, 0, 1],
  [5, 5, 1],
  [0, 5, 2 / 32],
  [1, 7, (2 * (1 + 8)) / 256],
  [7, 1, (2 * (1 + 8)) / 256],
])('a coin falls as unevenly as %i to %i with probability %f', (a, b, expected) => {
  expect(signTest(a, b)).toBeCloseTo(expected, 12);
});

example('thousands of throws neither overflow nor vanish', () => {
  expect(signTest(4900, 5100)).toBeCloseTo(0.0466, 3); // normal approximation with continuity: 2 (1 - Phi(1.99))
});
