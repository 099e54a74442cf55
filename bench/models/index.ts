import { convNet, mlp, oneConvolution } from './feedForward';
import { recurrent } from './recurrent';
import { resnet18 } from './resnet18';
import { small as forGPU } from './small';
import { vit } from './vit';
import { workload, type Workload } from './workload';

const perceptron = (name: string, batch: number, [n, hidden]: [number, number]): Workload =>
  workload(
    { name, title: `MLP ${n}-${hidden}-10, batch ${batch}`, batch, example: [n], classes: 10 },
    mlp(n, hidden),
  );

function cifarVit(batch: number): Workload {
  const title = `CIFAR ViT, 7 layers of 384, batch ${batch}`;
  return workload(
    { name: 'vit', title, batch, example: [32, 32, 3], classes: 10 },
    vit({ size: 32, patch: 4, layers: 7, heads: 12, features: 384, hidden: 384, classes: 10 }),
  );
}

function cifarResNet(batch: number): Workload {
  const title = `CIFAR ResNet-18, batch ${batch}`;
  return workload({ name: 'resnet18', title, batch, example: [32, 32, 3], classes: 10 }, resnet18);
}

/** All models that are measured, small ones first. */
export const workloads: readonly Workload[] = [
  perceptron('small-mlp-1', 1, [32, 32]),
  perceptron('small-mlp-32', 32, [32, 32]),
  perceptron('mlp', 128, [784, 256]),
  workload(
    {
      name: 'conv',
      title: 'Conv net on MNIST shapes: 16 and 32 channels, 3 x 3, batch 32',
      batch: 32,
      example: [28, 28, 1],
      classes: 10,
    },
    convNet(16, 32),
  ),
  workload(
    {
      name: 'conv-cifar',
      title: 'One conv 3 to 16, 3 x 3, on 32 x 32, dense head, batch 32',
      batch: 32,
      example: [32, 32, 3],
      classes: 10,
    },
    oneConvolution(16, 32),
  ),
  workload(
    {
      name: 'rnn',
      title: 'RNN, 28 steps of 28 features, 64 hidden, batch 32',
      batch: 32,
      example: [28, 28],
      classes: 10,
    },
    recurrent(28, 64),
  ),
  workload(
    {
      name: 'vit-stem',
      title: 'ViT-S stem at 224: patches of 16 x 16 to 384 features, one block, batch 4',
      batch: 4,
      example: [224, 224, 3],
      classes: 1000,
    },
    vit({ size: 224, patch: 16, layers: 1, heads: 6, features: 384, hidden: 1536, classes: 1000 }),
  ),
  cifarVit(4),
  cifarResNet(1),
];

/** Too slow in plain JavaScript for a run of all: minutes a step. */
const NOT_IN_JAVASCRIPT = ['vit-stem', 'vit', 'resnet18'];

/**
 * What is measured on a backend. tensorflow gets batches that one trains with; the driver of webgpu computes on the CPU here, and gets
 * smaller models.
 *
 * @param only names of workloads, of which all others are left out, and which may be any
 */
export function workloadsOf(backend: string, only?: readonly string[]): readonly Workload[] {
  const cpu =
    backend === 'tensorflow' ? [...workloads.slice(0, -2), cifarVit(32), cifarResNet(32)] : workloads;
  if (only) {
    const known = [...cpu, ...forGPU.filter(({ name }) => name !== 'mlp')];
    for (const name of only)
      if (!known.some((workload) => workload.name === name))
        throw new Error(`no model ${name}, only ${known.map((workload) => workload.name).join(', ')}`);
    return known.filter((workload) => only.includes(workload.name));
  }
  if (backend === 'webgpu') return [...cpu.slice(0, 2), ...forGPU];
  return backend === 'cpu' ? cpu.filter(({ name }) => !NOT_IN_JAVASCRIPT.includes(name)) : cpu;
}
