export { keptValues, smallValues } from './kept';
export { canGenerate, loopCall } from './loop';
export { scriptRunner } from './runner';
