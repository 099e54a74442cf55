export { canGenerate, isElementwise, type Loop } from './loop';
export { scriptRunner } from './runner';
