import type { Equation, Var } from '../../core/program';

/** The call that makes y of x, which has as many elements. */
export const reshaped = (x: Var, y: Var): Equation => ({
  kernel: 'Reshape',
  inputs: [['x', x]],
  list: false,
  attrs: { shape: [...y.shape] },
  outputs: [y],
  many: false,
});
