import { build, constant, type Expression } from './expression';

/** An elementwise kernel of tfjs: its inputs, and what an element of its result is, given one of each input. */
export interface ElementwiseKernel {
  readonly inputs: readonly string[];
  readonly define: (operands: Expression[], attrs: Record<string, unknown>) => Expression;
  /** tfjs gives inputs of unequal shapes another meaning than broadcasting. */
  readonly sameShapes?: boolean;
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
    Sign: (x) => build.select(build.less(x, 0), -1, build.select(build.greater(x, 0), 1, 0)),
    Step: (x, { alpha }) =>
      build.select(isNaN(x), constant(NaN), build.select(build.greater(x, 0), 1, Number(alpha))),
    LogicalNot: build.not,
  }),
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
