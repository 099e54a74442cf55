import { cast, greater, logSoftmax, mul, neg, sum, where, type Tensor } from '@tensorflow/tfjs-core';
import { engine } from './engine';

/** From the step's inputs; `forward` is what a custom gradient computes, on tracers of any level. */
type Instead = (inputs: Record<string, Tensor>, forward?: () => Tensor) => Tensor;

// tfjs wraps these in a custom gradient that throws for most activations; the rule of the kernel inside says what it is composed of.
const fused: Record<string, Instead> = { customGrad: (_, forward) => forward!() };

/** What is differentiated in place of a step of tfjs's own ops that gives wrong derivatives: by the op's scope, then the step's kernel. */
const STEPS: Record<string, Record<string, Instead> | undefined> = {
  fusedMatMul__op: fused,
  fusedConv2d__op: fused,
  fusedDepthwiseConv2d__op: fused,
  // - sum y log softmax(x). tfjs gives labels y the negative of the logits' gradient, and logits p - y also where y does not sum to 1.
  softmaxCrossEntropy__op: {
    customGrad: ({ 0: y, 1: x }) =>
      neg(sum(mul(logSoftmax(x!.dtype === 'float32' ? x! : cast(x!, 'float32')), y!), -1)),
  },
  // max(x, 0) - x y + log(1 + e^-|x|) is smooth: where max takes 0 for its slope at 0, |x| has to take -1.
  sigmoidCrossEntropy__op: { Abs: ({ x }) => where(greater(x!, 0), x!, neg(x!)) },
};

/**
 * @param step a kernel's name, or 'customGrad'
 * @param depth of the op's scope below the innermost: a kernel runs in the scope of an op of its own
 */
export const insteadInOp = (step: string, depth: number): Instead | undefined =>
  STEPS[engine().state.scopeStack.at(-1 - depth)?.name ?? '']?.[step];
