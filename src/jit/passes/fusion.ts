import type { Equation, Var } from '../../core/program';
import type { Pass } from './pass';

const ACTIVATIONS: Record<string, string> = { Relu: 'relu', Relu6: 'relu6', Elu: 'elu', Sigmoid: 'sigmoid' };
const FUSED: Record<string, string> = {
  BatchMatMul: '_FusedMatMul',
  Conv2D: 'FusedConv2D',
  DepthwiseConv2dNative: 'FusedDepthwiseConv2D',
};

/** matMul or convolution + bias + activation as one of tfjs's fused kernels, where nothing else reads the values between. */
export const fusion: Pass = (program) => {
  const uses = new Map<Var, number>();
  const use = (v: Var): void => void uses.set(v, (uses.get(v) ?? 0) + 1);
  for (const { inputs } of program.equations) for (const [, v] of inputs) use(v);
  program.outputs.forEach(use);

  const definitions = new Map<Var, Equation>();
  const absorbed = new Set<Equation>();
  const equations: Equation[] = [];
  const sole = (v: Var): Equation | undefined => (uses.get(v) === 1 ? definitions.get(v) : undefined);
  for (const equation of program.equations) {
    const fused = withBias(equation, sole) ?? withActivation(equation, sole);
    if (fused) absorbed.add(fused.absorbed);
    const next = fused?.equation ?? equation;
    equations.push(next);
    for (const v of next.outputs) definitions.set(v, next);
  }
  return { ...program, equations: equations.filter((e) => !absorbed.has(e)) };
};

type Fused = { equation: Equation; absorbed: Equation } | undefined;

function withBias(equation: Equation, sole: (v: Var) => Equation | undefined): Fused {
  if (equation.kernel !== 'Add') return undefined;
  const [[, a], [, b]] = equation.inputs as [readonly [string, Var], readonly [string, Var]];
  for (const [product, bias] of [
    [a, b],
    [b, a],
  ] as const) {
    const linear = sole(product);
    const kernel = linear && FUSED[linear.kernel];
    const channels = product.shape[product.shape.length - 1];
    if (
      !kernel ||
      bias.shape.length !== 1 ||
      bias.shape[0] !== channels ||
      (kernel === '_FusedMatMul' && (product.shape.length !== 3 || isTransposed(linear)))
    )
      continue;
    const attrs = { ...linear.attrs, activation: 'linear', leakyreluAlpha: 0 };
    return {
      equation: { ...equation, kernel, list: false, attrs, inputs: [...linear.inputs, ['bias', bias]] },
      absorbed: linear,
    };
  }
  return undefined;
}

/** wasm's fused kernel (tfjs 4.22) adds the wrong entries of the bias to such a product. */
function isTransposed({ attrs }: Equation): boolean {
  return attrs.transposeA || attrs.transposeB;
}

function withActivation(equation: Equation, sole: (v: Var) => Equation | undefined): Fused {
  const activation = ACTIVATIONS[equation.kernel];
  const fused = activation && sole(equation.inputs[0]![1]);
  if (!fused || !Object.values(FUSED).includes(fused.kernel) || fused.attrs.activation !== 'linear')
    return undefined;
  return {
    equation: {
      ...equation,
      kernel: fused.kernel,
      inputs: fused.inputs,
      attrs: { ...fused.attrs, activation },
    },
    absorbed: fused,
  };
}
