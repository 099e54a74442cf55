/**
 * Elementwise kernels as JavaScript expressions of their operands, rounded to float32 as the cpu backend's results are when it stores
 * them.
 */
export const OPERATIONS: Record<
  string,
  { inputs: readonly string[]; code: (operands: string[], attrs: Record<string, unknown>) => string }
> = {};

const float = (
  kernel: string,
  inputs: string[],
  code: (x: string[], attrs: Record<string, unknown>) => string,
): void => {
  OPERATIONS[kernel] = { inputs, code: (x, attrs) => `F(${code(x, attrs)})` };
};
const bool = (kernel: string, inputs: string[], code: (x: string[]) => string): void => {
  OPERATIONS[kernel] = { inputs, code: (x) => `(${code(x)}) ? 1 : 0` };
};

for (const [kernel, operator] of Object.entries({ Add: '+', Sub: '-', Multiply: '*', RealDiv: '/' }))
  float(kernel, ['a', 'b'], ([a, b]) => `${a} ${operator} ${b}`);
float('Maximum', ['a', 'b'], ([a, b]) => `Math.max(${a}, ${b})`);
float('Minimum', ['a', 'b'], ([a, b]) => `Math.min(${a}, ${b})`);
float('SquaredDifference', ['a', 'b'], ([a, b]) => `(${a} - ${b}) * (${a} - ${b})`);
float('Pow', ['a', 'b'], ([a, b]) => `Math.pow(${a}, ${b})`);

for (const name of ['Exp', 'Expm1', 'Log', 'Log1p', 'Sqrt', 'Sin', 'Cos', 'Tanh', 'Abs', 'Floor', 'Ceil'])
  float(name, ['x'], ([x]) => `Math.${name.toLowerCase()}(${x})`);
float('Neg', ['x'], ([x]) => `-${x}`);
float('Square', ['x'], ([x]) => `${x} * ${x}`);
float('Rsqrt', ['x'], ([x]) => `1 / Math.sqrt(${x})`);
float('Reciprocal', ['x'], ([x]) => `1 / ${x}`);
float('Sigmoid', ['x'], ([x]) => `1 / (1 + Math.exp(-${x}))`);
float('Relu', ['x'], ([x]) => `Math.max(0, ${x})`);
float('Relu6', ['x'], ([x]) => `Math.min(Math.max(0, ${x}), 6)`);
float('Elu', ['x'], ([x]) => `${x} >= 0 ? ${x} : Math.exp(${x}) - 1`);
float('Sign', ['x'], ([x]) => `${x} < 0 ? -1 : ${x} > 0 ? 1 : 0`);
float('Step', ['x'], ([x], { alpha }) => `Number.isNaN(${x}) ? NaN : ${x} > 0 ? 1 : ${Number(alpha)}`);
float('Select', ['condition', 't', 'e'], ([condition, t, e]) => `${condition} ? ${t} : ${e}`);

for (const [kernel, operator] of Object.entries({
  Equal: '===',
  NotEqual: '!==',
  Greater: '>',
  GreaterEqual: '>=',
  Less: '<',
  LessEqual: '<=',
  LogicalAnd: '&&',
  LogicalOr: '||',
}))
  bool(kernel, ['a', 'b'], ([a, b]) => `${a} ${operator} ${b}`);
bool('LogicalNot', ['x'], ([x]) => `!${x}`);
