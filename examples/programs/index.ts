import type { Settings } from './example';
import { filters } from './filters';
import { gradient } from './gradient';
import { hamiltonian } from './hamiltonian';
import { maml } from './maml';
import { muon } from './muon';
import { perExample } from './perExample';
import { photos } from './photos';
import { tanhHessian } from './hessian';
import { tfLayers } from './tfLayers';

/** The examples by name, each with what it shows. MNIST has a demo of its own: `npm run demo`. */
export const EXAMPLES: Record<string, [run: (settings: Settings) => unknown, about: string]> = {
  gradient: [gradient, 'gradient of anything: loops, branches, sorting, at any order'],
  hessian: [tanhHessian, 'Hessian of a tanh net, products with it, and Newton steps'],
  'per-example': [perExample, 'the gradient of each example of a batch, by vmap of grad'],
  photos: [photos, 'from a folder of photographs to a classifier (--path)'],
  'tf-layers': [tfLayers, 'TrAct on an existing tf.layers model'],
  muon: [muon, 'TrAct on the layer that Muon leaves out'],
  filters: [filters, "the first layer's filters with and without TrAct, as a PNG (--path)"],
  maml: [maml, 'learning to learn, by a gradient of a gradient'],
  hamiltonian: [hamiltonian, 'motion from an energy by its gradient'],
};
