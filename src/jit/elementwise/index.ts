export { PRIMITIVES, type Expression, type Kind, type Primitive } from './expression';
export {
  isElementwise,
  planOf,
  type Loop,
  type LoopCall,
  type LoopInput,
  type LoopPlan,
  type Statement,
} from './loop';
export { call, infix, printerOf, type Printer } from './printer';
