export { lenet } from './lenet';
export { convNet } from './convNet';
export { resnet18 } from './resnet18';
export { vit, type VitOptions } from './vit';
