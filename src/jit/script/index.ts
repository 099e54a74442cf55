export { canGenerate } from './loop';
export { scriptRunner } from './runner';
