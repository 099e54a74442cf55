import '../rules';

export { assignWeights, functional, functionalWithState, type CallOptions } from './functional';
export type { WeightTree } from './weightTree';
export { tractLayer, untractLayer } from './tractLayer';
export type { LayerLike, ModelLike, WeightLike } from './variables';
export { ownGradients } from './ownGradients';
