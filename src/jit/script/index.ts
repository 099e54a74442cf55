export { keptValues, smallValues } from './kept';
export { canGenerate } from './loop';
export { scriptRunner } from './runner';
