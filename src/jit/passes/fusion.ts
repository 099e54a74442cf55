import type { Equation, Var } from '../../core/program';
import type { Pass } from './pass';
import { usesOf } from './uses';

const ACTIVATIONS: Record<string, string> = { Relu: 'relu', Relu6: 'relu6', Elu: 'elu', Sigmoid: 'sigmoid' };
const FUSED: Record<string, string> = {
  BatchMatMul: '_FusedMatMul',
  Conv2D: 'FusedConv2D',
  DepthwiseConv2dNative: 'FusedDepthwiseConv2D',
};

/** What decides which calls become fused kernels. */
export interface FusionTarget {
  /** Whether the fused product adds the bias to products of any rank, transposed or not; only to those of rank 3 by default. */
  readonly anyProduct?: boolean;
}

/** matMul or convolution + bias + activation as one of tfjs's fused kernels, where nothing else reads the values between. */
export const fusionFor =
  (target: FusionTarget): Pass =>
  (program) => {
    const uses = usesOf(program);
    const definitions = new Map<Var, Equation>();
    const absorbed = new Set<Equation>();
    const equations: Equation[] = [];
    const sole = (v: Var): Equation | undefined => (uses.get(v) === 1 ? definitions.get(v) : undefined);
    for (const equation of program.equations) {
      const fused = withBias(equation, sole, target) ?? withActivation(equation, sole);
      for (const before of fused?.absorbed ?? []) absorbed.add(before);
      for (const next of fused?.equations ?? [equation]) {
        equations.push(next);
        for (const v of next.outputs) definitions.set(v, next);
      }
    }
    return { ...program, equations: equations.filter((e) => !absorbed.has(e)) };
  };

export const fusion = fusionFor({});

type Fused = { equations: Equation[]; absorbed: Equation[] } | undefined;

/** The linear call that makes a value, at most reshaped since, which nothing else reads. */
function linearBehind(
  v: Var,
  sole: (v: Var) => Equation | undefined,
): { linear: Equation; reshape?: Equation } | undefined {
  const made = sole(v);
  if (made?.kernel !== 'Reshape') return made && { linear: made };
  const linear = sole(made.inputs[0]![1]);
  return linear && { linear, reshape: made };
}

/** The fused call in place of a linear one, and the reshape that followed it. */
function replaced(fused: Equation, linear: Equation, output: Var, reshape: Equation | undefined): Fused {
  if (!reshape) return { equations: [{ ...fused, outputs: [output] }], absorbed: [linear] };
  return {
    equations: [
      { ...fused, outputs: linear.outputs },
      { ...reshape, outputs: [output] },
    ],
    absorbed: [linear, reshape],
  };
}

function withBias(
  equation: Equation,
  sole: (v: Var) => Equation | undefined,
  { anyProduct = false }: FusionTarget,
): Fused {
  if (equation.kernel !== 'Add') return undefined;
  const [[, a], [, b]] = equation.inputs as [readonly [string, Var], readonly [string, Var]];
  for (const [v, bias] of [
    [a, b],
    [b, a],
  ] as const) {
    const behind = linearBehind(v, sole);
    const kernel = behind && FUSED[behind.linear.kernel];
    if (!kernel) continue;
    const { linear, reshape } = behind;
    const product = linear.outputs[0]!;
    const channels = product.shape[product.shape.length - 1];
    if (
      bias.shape.length !== 1 ||
      bias.shape[0] !== channels ||
      v.shape[v.shape.length - 1] !== channels ||
      (kernel === '_FusedMatMul' && !anyProduct && (product.shape.length !== 3 || isTransposed(linear)))
    )
      continue;
    const attrs = { ...linear.attrs, activation: 'linear', leakyreluAlpha: 0 };
    const fused = { ...linear, kernel, attrs, inputs: [...linear.inputs, ['bias', bias] as const] };
    return replaced(fused, linear, equation.outputs[0]!, reshape);
  }
  return undefined;
}

/** wasm's fused kernel (tfjs 4.22) adds the wrong entries of the bias to such a product. */
function isTransposed({ attrs }: Equation): boolean {
  return attrs.transposeA || attrs.transposeB;
}

function withActivation(equation: Equation, sole: (v: Var) => Equation | undefined): Fused {
  const activation = ACTIVATIONS[equation.kernel];
  const behind = activation ? linearBehind(equation.inputs[0]![1], sole) : undefined;
  if (!behind) return undefined;
  const { linear, reshape } = behind;
  if (!Object.values(FUSED).includes(linear.kernel) || linear.attrs.activation !== 'linear') return undefined;
  const fused = { ...linear, attrs: { ...linear.attrs, activation } };
  return replaced(fused, linear, equation.outputs[0]!, reshape);
}
