import { backend_util } from '@tensorflow/tfjs-core';
import { build, constant, type Expression } from './expression';

/** An elementwise kernel of tfjs: its inputs, and what an element of its result is, given one of each input. */
export interface ElementwiseKernel {
  readonly inputs: readonly string[];
  readonly define: (operands: Expression[], attrs: Record<string, unknown>) => Expression;
  /** tfjs gives inputs of unequal shapes another meaning than broadcasting. */
  readonly sameShapes?: boolean;
  /** Where an input repeats axes longer than one, this is no broadcasting. */
  readonly broadcasts?: boolean;
}

/** Every kernel that can be part of a loop. To add one, state it here in the primitives of expression.ts, as the cpu backend computes it. */
export const KERNELS: Readonly<Record<string, ElementwiseKernel>> = {
  ...ofTwo('a', 'b', {
    Add: build.add,
    Sub: build.sub,
    Multiply: build.mul,
    RealDiv: build.div,
    Maximum: build.max,
    Minimum: build.min,
    Pow: build.pow,
    SquaredDifference: (a, b) => square(build.sub(a, b)),
    Equal: build.equal,
    NotEqual: build.notEqual,
    Greater: build.greater,
    GreaterEqual: build.greaterEqual,
    Less: build.less,
    LessEqual: build.lessEqual,
    LogicalAnd: build.and,
    LogicalOr: build.or,
  }),
  ...ofOne({
    Exp: build.exp,
    Expm1: build.expm1,
    Log: build.log,
    Log1p: build.log1p,
    Sqrt: build.sqrt,
    Sin: build.sin,
    Cos: build.cos,
    Tanh: build.tanh,
    Abs: build.abs,
    Floor: build.floor,
    Ceil: build.ceil,
    Neg: build.neg,
    Square: square,
    Rsqrt: (x) => build.div(1, build.sqrt(x)),
    Reciprocal: (x) => build.div(1, x),
    Sigmoid: (x) => build.div(1, build.add(1, build.exp(build.neg(x)))),
    Relu: (x) => build.max(0, x),
    Relu6: (x) => build.min(build.max(0, x), 6),
    Elu: (x) => build.select(build.greaterEqual(x, 0), x, build.sub(build.exp(x), 1)),
    Sign: sign,
    Step: (x, { alpha }) =>
      build.select(isNaN(x), constant(NaN), build.select(build.greater(x, 0), 1, Number(alpha))),
    LogicalNot: build.not,
    IsNan: isNaN,
    // To what the output is.
    Cast: (x) => x,
    ClipByValue: (x, { clipValueMin: low, clipValueMax: high }) =>
      build.select(
        build.greater(x, high as number),
        high as number,
        build.select(build.less(x, low as number), low as number, x),
      ),
    LeakyRelu: (x, { alpha }) => leaky(x, constant(alpha as number)),
    Selu: (x) =>
      build.select(
        build.greaterEqual(x, 0),
        build.mul(backend_util.SELU_SCALE, x),
        build.mul(backend_util.SELU_SCALEALPHA, build.sub(build.exp(x), 1)),
      ),
    Softplus: softplus,
    Erf: erf,
  }),
  ...ofTwo('x', 'alpha', { Prelu: leaky }),
  Tile: { inputs: ['x'], define: ([x]) => x!, broadcasts: true },
  Select: {
    inputs: ['condition', 't', 'e'],
    define: ([condition, t, e]) => build.select(condition!, t!, e!),
    // A condition of rank 1 chooses rows.
    sameShapes: true,
  },
};

function square(x: Expression): Expression {
  return build.mul(x, x);
}

function isNaN(x: Expression): Expression {
  return build.notEqual(x, x);
}

function leaky(x: Expression, alpha: Expression): Expression {
  return build.select(build.less(x, 0), build.mul(alpha, x), x);
}

/** log(1 + e^x), which is x or e^x where the other term is below float32's precision. */
function softplus(x: Expression): Expression {
  const edge = -Math.log(2 ** -23) - 2;
  const power = build.exp(x);
  const between = build.select(build.greater(x, edge), x, build.log(build.add(1, power)));
  return build.select(build.less(x, -edge), power, between);
}

/** sign(x) (1 - (a1 t + ... + a5 t^5) e^(-x^2)), t = 1 / (1 + p |x|): Abramowitz and Stegun 7.1.26, to 1.5e-7. */
function erf(x: Expression): Expression {
  const { ERF_P, ERF_A1, ERF_A2, ERF_A3, ERF_A4, ERF_A5 } = backend_util;
  const size = build.abs(x);
  const t = build.div(1, build.add(1, build.mul(ERF_P, size)));
  const sum = [ERF_A4, ERF_A3, ERF_A2, ERF_A1].reduce(
    (s, a) => build.add(build.mul(s, t), a),
    constant(ERF_A5),
  );
  const rest = build.mul(build.mul(sum, t), build.exp(build.mul(build.neg(size), size)));
  return build.mul(sign(x), build.sub(1, rest));
}

function sign(x: Expression): Expression {
  return build.select(build.less(x, 0), -1, build.select(build.greater(x, 0), 1, 0));
}

function ofOne(
  kernels: Record<string, (x: Expression, attrs: Record<string, unknown>) => Expression>,
): Record<string, ElementwiseKernel> {
  return Object.fromEntries(
    Object.entries(kernels).map(([kernel, f]) => [
      kernel,
      { inputs: ['x'], define: ([x], attrs) => f(x!, attrs) } satisfies ElementwiseKernel,
    ]),
  );
}

function ofTwo(
  first: string,
  second: string,
  kernels: Record<string, (a: Expression, b: Expression) => Expression>,
): Record<string, ElementwiseKernel> {
  return Object.fromEntries(
    Object.entries(kernels).map(([kernel, f]) => [
      kernel,
      { inputs: [first, second], define: ([a, b]) => f(a!, b!) } satisfies ElementwiseKernel,
    ]),
  );
}
