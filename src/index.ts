import './rules';

export { grad } from './transforms/grad';
export { valueAndGrad } from './transforms/valueAndGrad';
export { vjp, vjpWithAux, type Pullback } from './transforms/vjp';
export { jvp } from './transforms/jvp';
export { vmap, type VmapOptions } from './transforms/vmap';
export { customVjp, type CustomVjpRules } from './transforms/customVjp';
export { stopGradient } from './transforms/stopGradient';
export * as tree from './tree';
