import type { Run } from '../../examples/mnist/contestant';
import type { Comparison } from '../../examples/mnist/train';

/** A made-up comparison: 2.5 epochs of 4 steps, 10 test images of which `right` are classified right. */
export function comparison(right = { ordinary: 8, tract: 9 }): Comparison {
  return {
    ordinary: run('ordinary', 2, right.ordinary),
    tract: run('TrAct', 3, right.tract),
    stepsPerEpoch: 4,
    testImages: 10,
  };
}

function run(name: string, milliseconds: number, right: number): Run {
  const filters = { count: 2, height: 2, width: 1, weights: [-1, 0.5, 0, 0] };
  return {
    name,
    losses: Array.from({ length: 10 }, (_, step) => 2 / (step + 1)),
    times: Array.from({ length: 10 }, () => milliseconds),
    epochs: [1, 2, 2.5].map((epoch) => ({ epoch, loss: 1 / epoch, accuracy: right / 10 })),
    initialFilters: filters,
    filters,
    right: Array.from({ length: 10 }, (_, i) => i < right),
  };
}
