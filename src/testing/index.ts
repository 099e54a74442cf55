export { checkGrads, type CheckGradsOptions } from './checkGrads';
