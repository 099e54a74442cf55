import { conv2d, dense, flatten, maxPool, relu, sequential, vit } from '../../src/nn';
import { ofLayer, type Workload } from './workload';

const layered = (workload: Omit<Workload, 'init'>, model: () => Parameters<typeof ofLayer>[0]): Workload => ({
  ...workload,
  init: () => ofLayer(model(), workload.example),
});

/** Models small enough for a GPU driver that computes on the CPU. */
export const small: readonly Workload[] = [
  layered({ name: 'mlp', title: 'MLP 784-256-10, batch 128', batch: 128, example: [784], classes: 10 }, () =>
    sequential({ hidden: dense(256), relu: relu(), head: dense(10) }),
  ),
  layered(
    {
      name: 'small-conv',
      title: 'Conv net on MNIST shapes: 8 and 16 channels, 3 x 3, batch 16',
      batch: 16,
      example: [28, 28, 1],
      classes: 10,
    },
    () =>
      sequential({
        conv1: conv2d(8, 3),
        relu1: relu(),
        pool1: maxPool(2),
        conv2: conv2d(16, 3),
        relu2: relu(),
        pool2: maxPool(2),
        flatten: flatten(),
        head: dense(10),
      }),
  ),
  layered(
    {
      name: 'transformer',
      title: 'One transformer block of 64 features on 8 x 8 patches of 32 x 32 images, batch 4',
      batch: 4,
      example: [32, 32, 3],
      classes: 10,
    },
    () => vit({ classes: 10, patch: 4, layers: 1, features: 64, heads: 4, hidden: 128 }),
  ),
];
