import { add, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { ruleOf, type Attrs, type Aval, type Cotangent, type Named } from '../core/rule';
import { callCustomDerivative, type CustomDerivative } from '../interpreters/customDerivative';
import type { LayerKind, LinearLayer } from './layer';
import type { TractOptions } from './options';
import { cheaperForm, gramMatrix, kernelMatrix, solveRidge } from './ridge';

/**
 * Runs a linear kernel as a first layer: values and the data's derivative are the kernel's own; the weight's gradient x^T g becomes
 *
 *     (x^T x / b + lambda I)^-1 x^T g  =  x^T (x x^T / b + lambda I)^-1 g
 *
 * (Petersen, Borgelt, Ermon: TrAct, NeurIPS 2024, Lemma 1, Eq. 10 and 12). The right side, the dual form, is for b < n.
 */
export function correctedKernel(
  kind: LayerKind,
  inputs: Record<string, Tensor>,
  attrs: Attrs,
  lambda: Tensor,
  options: TractOptions,
): Tensor {
  const { kernel, weight, data } = kind;
  const avals = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
  );
  const layer = kind.layer(avals, attrs);
  const form =
    options.reduce || options.sample < 1
      ? 'primal'
      : options.form === 'auto'
        ? cheaperForm(layer)
        : options.form;
  const named = (x: Tensor, w: Tensor): Record<string, Tensor> => ({ [data]: x, [weight]: w });
  const run = (x: Tensor, w: Tensor): Tensor => runKernel(kernel, named(x, w), attrs);

  const preconditioned = (x: Tensor, ridge: Tensor, g: Tensor): Tensor => {
    if (form === 'dual') {
      const rows = solveRidge(kernelMatrix(layer, x), ridge, layer.toRows(g));
      return ownCotangent(kernel, weight, named(x, x), layer.fromRows(rows), avals, attrs);
    }
    const gradient = ownCotangent(kernel, weight, named(x, x), g, avals, attrs);
    return layer.fromMatrix(solveRidge(gramOf(layer, x, options), ridge, layer.toMatrix(gradient)));
  };

  const call: CustomDerivative = {
    name: 'tract',
    primal: ([x, w]) => [run(x!, w!)],
    forward: ([x, w, ridge]) => ({ outputs: [run(x!, w!)], residuals: [x!, w!, ridge!] }),
    backward: ([x, w, ridge], [g], wanted) => [
      wanted[0] ? ownCotangent(kernel, data, named(x!, w!), g!, avals, attrs) : null,
      wanted[1] ? preconditioned(x!, ridge!, g!) : null,
      null,
    ],
    // The transposed map: the tangent of z is x A^-1 dw, so A^-1 (symmetric) meets the tangent of the weight first.
    pushForward: ([x, w, ridge], [dx, dw]) => {
      const z = run(x!, w!);
      const fromWeight =
        dw && run(x!, layer.fromMatrix(solveRidge(gramOf(layer, x!, options), ridge!, layer.toMatrix(dw))));
      const fromData = dx && run(dx, w!);
      return {
        outputs: [z],
        tangents: [fromWeight && fromData ? add(fromWeight, fromData) : (fromWeight ?? fromData ?? null)],
      };
    },
  };
  return callCustomDerivative(call, [inputs[data]!, inputs[weight]!, lambda])[0]!;
}

function gramOf(layer: LinearLayer, x: Tensor, { reduce, sample }: TractOptions): Tensor {
  const gram = gramMatrix(layer, x, sample);
  return reduce ? reduce(gram, layer.b) : gram;
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
