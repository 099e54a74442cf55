import { convNet, mlp } from './feedForward';
import { vit } from './vit';
import { workload, type Workload } from './workload';

/** Models small enough for a GPU driver that computes on the CPU. */
export const small: readonly Workload[] = [
  workload(
    { name: 'mlp', title: 'MLP 784-256-10, batch 128', batch: 128, example: [784], classes: 10 },
    mlp(784, 256),
  ),
  workload(
    {
      name: 'small-conv',
      title: 'Conv net on MNIST shapes: 8 and 16 channels, 3 x 3, batch 16',
      batch: 16,
      example: [28, 28, 1],
      classes: 10,
    },
    convNet(8, 16),
  ),
  workload(
    {
      name: 'transformer',
      title: 'One transformer block of 64 features on 8 x 8 patches of 32 x 32 images, batch 4',
      batch: 4,
      example: [32, 32, 3],
      classes: 10,
    },
    vit({ size: 32, classes: 10, patch: 4, layers: 1, features: 64, heads: 4, hidden: 128 }),
  ),
];
