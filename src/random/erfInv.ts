import {
  add,
  exp,
  less,
  log1p,
  mul,
  neg,
  sqrt,
  square,
  sub,
  where,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule } from '../core/rule';
import { elementwiseBatch } from '../rules/families/batching';
import { CENTRAL, TAIL } from './kernels/erfInv';

/** The inverse of erf, elementwise, for float32 in (-1, 1). */
export function erfInv(x: Tensor): Tensor {
  return runKernel('TractErfInv', { x });
}

// y = erfInv(x):  dy = sqrt(pi)/2 exp(y^2) dx
const d = (t: Tensor, y: Tensor): Tensor => mul(mul(t, Math.sqrt(Math.PI) / 2), exp(square(y)));

defineRule('TractErfInv', {
  vjp: { x: { readsOutputs: [0], pull: (ct, { outputs: [y] }) => d(ct, y!) } },
  jvp: ({ tangents, outputs: [y] }) => (tangents.x ? d(tangents.x, y!) : null),
  batch: elementwiseBatch,
  shape: ({ inputs }) => inputs.x!,
  polyfill: ({ x }: { x: Tensor }) => {
    const w = neg(log1p(neg(square(x))));
    const horner = (coefficients: number[], t: Tensor): Tensor =>
      coefficients
        .slice(2)
        .reduce<Tensor>((p, c) => add(mul(p, t), c), add(mul(t, coefficients[0]!), coefficients[1]!));
    return mul(x, where(less(w, 5), horner(CENTRAL, sub(w, 2.5)), horner(TAIL, sub(sqrt(w), 3))));
  },
});
