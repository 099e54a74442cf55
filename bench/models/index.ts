import { conv2d, dense, flatten, maxPool, relu, resnet18, sequential, vit } from '../../src/nn';
import { recurrent } from './recurrent';
import { small as forGPU } from './small';
import { ofLayer, type Workload } from './workload';

const layered = (workload: Omit<Workload, 'init'>, model: () => Parameters<typeof ofLayer>[0]): Workload => ({
  ...workload,
  init: () => ofLayer(model(), workload.example),
});

const mlp = (name: string, batch: number, [n, hidden]: [number, number]): Workload =>
  layered({ name, title: `MLP ${n}-${hidden}-10, batch ${batch}`, batch, example: [n], classes: 10 }, () =>
    sequential({ hidden: dense(hidden), relu: relu(), head: dense(10) }),
  );

/** All models that are measured, small ones first. */
export const workloads: readonly Workload[] = [
  mlp('small-mlp-1', 1, [32, 32]),
  mlp('small-mlp-32', 32, [32, 32]),
  mlp('mlp', 128, [784, 256]),
  layered(
    {
      name: 'conv',
      title: 'Conv net on MNIST shapes: 16 and 32 channels, 3 x 3, batch 32',
      batch: 32,
      example: [28, 28, 1],
      classes: 10,
    },
    () =>
      sequential({
        conv1: conv2d(16, 3),
        relu1: relu(),
        pool1: maxPool(2),
        conv2: conv2d(32, 3),
        relu2: relu(),
        pool2: maxPool(2),
        flatten: flatten(),
        head: dense(10),
      }),
  ),
  layered(
    {
      name: 'conv-cifar',
      title: 'One conv 3 to 16, 3 x 3, on 32 x 32, dense head, batch 32',
      batch: 32,
      example: [32, 32, 3],
      classes: 10,
    },
    () => sequential({ conv: conv2d(16, 3), relu: relu(), flatten: flatten(), head: dense(10) }),
  ),
  recurrent,
  layered(
    {
      name: 'vit-stem',
      title: 'ViT-S stem at 224: patches of 16 x 16 to 384 features, one block, batch 4',
      batch: 4,
      example: [224, 224, 3],
      classes: 1000,
    },
    () => vit({ classes: 1000, patch: 16, layers: 1, heads: 6, hidden: 1536 }),
  ),
  layered(
    {
      name: 'vit',
      title: 'CIFAR ViT, 7 layers of 384, batch 8',
      batch: 8,
      example: [32, 32, 3],
      classes: 10,
    },
    () => vit(),
  ),
  layered(
    { name: 'resnet18', title: 'CIFAR ResNet-18, batch 4', batch: 4, example: [32, 32, 3], classes: 10 },
    () => resnet18(),
  ),
];

/** Too slow in plain JavaScript for a run of all: minutes a step. */
const NOT_IN_JAVASCRIPT = ['vit-stem', 'vit', 'resnet18'];

/**
 * What is measured on a backend; webgpu has a driver that computes on the CPU here, and gets smaller models.
 *
 * @param only names of workloads, of which all others are left out, and which may be any
 */
export function workloadsOf(backend: string, only?: readonly string[]): readonly Workload[] {
  if (only) {
    const known = [...workloads, ...forGPU.filter(({ name }) => name !== 'mlp')];
    for (const name of only)
      if (!known.some((workload) => workload.name === name))
        throw new Error(`no model ${name}, only ${known.map((workload) => workload.name).join(', ')}`);
    return known.filter((workload) => only.includes(workload.name));
  }
  if (backend === 'webgpu') return [...workloads.slice(0, 2), ...forGPU];
  return backend === 'cpu' ? workloads.filter(({ name }) => !NOT_IN_JAVASCRIPT.includes(name)) : workloads;
}
