import { add, clone, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { ruleOf, type Attrs, type Aval, type Cotangent, type Named } from '../core/rule';
import {
  callCustomDerivative,
  type CustomDerivative,
  type SparseDerivative,
} from '../interpreters/customDerivative';
import { formOf } from './form';
import { dual, primal } from './gradient';
import type { LayerKind, LinearLayer } from './layer';
import type { TractOptions } from './options';
import { measure, precondition, reduced, type Statistic } from './statistic';
import type { SharedWeight } from './sharing';

/**
 * Runs a linear kernel as a first layer: values and the data's derivative are the kernel's own; the weight's gradient x^T g becomes
 *
 *     (x^T x / b + lambda I)^-1 x^T g  =  x^T (x x^T / b + lambda I)^-1 g
 *
 * (Petersen, Borgelt, Ermon: TrAct, NeurIPS 2024, Lemma 1, Eq. 10 and 12). The right side, the dual form, is for b < n.
 *
 * @param weight the weight that this use is the first of: see sharing.ts
 * @returns the kernel's output; the token through which it hears of other uses; the weight for these, whose gradient is divided by A with its own
 */
export function correctedKernel(
  kind: LayerKind,
  layer: LinearLayer,
  inputs: Record<string, Tensor>,
  attrs: Attrs,
  lambda: Tensor,
  weight: SharedWeight,
  options: TractOptions,
): [output: Tensor, token: Tensor, later: Tensor] {
  const { kernel } = kind;
  const avals = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
  );
  const form = formOf(layer, options);
  const named = (x: Tensor, w: Tensor): Record<string, Tensor> => ({ [kind.data]: x, [kind.weight]: w });
  const run = (x: Tensor, w: Tensor): Tensor => runKernel(kernel, named(x, w), attrs);
  const outputs = (x: Tensor, w: Tensor, ridge: Tensor): Tensor[] => [run(x, w), zerosLike(ridge), clone(w)];
  const ordinary = (operand: string, x: Tensor, w: Tensor, g: Tensor): Tensor =>
    ownCotangent(kernel, operand, named(x, w), g, avals, attrs);

  const alone = (x: Tensor, w: Tensor, ridge: Tensor, g: Tensor): Tensor => {
    if (layer.kind === 'lookup')
      return divided(measure([{ layer, data: x }], options.sample), ridge, ordinary(kind.weight, x, w, g));
    return form === 'dual' ? dual(layer, x, ridge, g) : primal(layer, x, ridge, g, options);
  };
  const divided = (statistic: Statistic, ridge: Tensor, gradient: Tensor): Tensor =>
    precondition(layer, reduced(statistic, options), ridge, gradient);

  const call: SparseDerivative = {
    name: CORRECTED,
    primal: ([x, w, ridge]) => outputs(x!, w!, ridge!),
    forward: ([x, w, ridge]) => ({ outputs: outputs(x!, w!, ridge!), residuals: [x!, w!, ridge!] }),
    // A weight is as large as its gradient: no zeros where no other use takes it.
    sparse: [false, false, true],
    backward: ([x, w, ridge], [g, message, later], wanted) => {
      const shared = weight.heard(message!);
      const ofAll = (all: Statistic): Tensor => {
        const own = ordinary(kind.weight, x!, w!, g!);
        return divided(all, ridge!, later ? add(later, own) : own);
      };
      return [
        wanted[0] ? ordinary(kind.data, x!, w!, g!) : null,
        wanted[1] ? (shared ? ofAll(shared) : alone(x!, w!, ridge!, g!)) : null,
        null,
      ];
    },
    // The transposed map: the tangent of z is x A^-1 dw, so A^-1 (symmetric) meets the tangent of the weight first.
    pushForward: ([x, w, ridge], [dx, dw]) => {
      weight.pushed = true;
      const moved = dw && divided(measure([{ layer, data: x! }], options.sample), ridge!, dw);
      const fromWeight = moved && run(x!, moved);
      const fromData = dx && run(dx, w!);
      const tangent = fromWeight && fromData ? add(fromWeight, fromData) : (fromWeight ?? fromData ?? null);
      return { outputs: outputs(x!, w!, ridge!), tangents: [tangent, null, moved ?? null] };
    },
  };
  return callCustomDerivative(call, [inputs[kind.data]!, inputs[kind.weight]!, lambda]) as [
    Tensor,
    Tensor,
    Tensor,
  ];
}

/** A weight whose A is known, for all its uses: the weight itself, whose gradient, the sum over the uses, is divided by A once. */
export function correctedWeight(
  layer: LinearLayer,
  weight: SharedWeight,
  value: Tensor,
  lambda: Tensor,
  options: TractOptions,
): Tensor {
  const divided = (given: Tensor, ridge: Tensor, gradient: Tensor): Tensor =>
    precondition(layer, reduced(weight.heard(given)!, options), ridge, gradient);
  const call: CustomDerivative = {
    name: CORRECTED,
    primal: ([w]) => [clone(w!)],
    forward: ([w, ridge, given]) => ({ outputs: [clone(w!)], residuals: [ridge!, given!] }),
    backward: ([ridge, given], [ct]) => [divided(given!, ridge!, ct!), null, null],
    pushForward: ([w, ridge, given], [dw]) => ({
      outputs: [clone(w!)],
      tangents: [dw ? divided(given!, ridge!, dw) : null],
    }),
  };
  return callCustomDerivative(call, [value, lambda, weight.given!])[0]!;
}

const CORRECTED = 'tract';

/** Whether a kernel is a first layer that runs with its gradient corrected. */
export function isCorrected(kernel: string, { call }: Attrs): boolean {
  return kernel === 'CustomDerivative' && (call as CustomDerivative).name === CORRECTED;
}

/** The kernel's ordinary cotangent for one operand. Linear kernels read only the other one for it. */
function ownCotangent(
  kernel: string,
  operand: string,
  inputs: Named<Tensor>,
  ct: Tensor,
  avals: Named<Aval>,
  attrs: Attrs,
): Tensor {
  const cotangent = (ruleOf(kernel)!.vjp as Record<string, Cotangent>)[operand]!;
  return cotangent.pull(ct, { inputs, outputs: [], avals, attrs }, [ct]);
}
