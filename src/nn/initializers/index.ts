export type { Initializer } from './initializer';
export { varianceScaling, type Distribution } from './varianceScaling';
export { glorotNormal, glorotUniform, heNormal, heUniform, lecunNormal, lecunUniform } from './named';
export { constant, normal, ones, truncatedNormal, uniform, zeros } from './plain';
export { orthogonal } from './orthogonal';
