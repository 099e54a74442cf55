import {
  add,
  cast,
  clipByValue,
  div,
  exp,
  greater,
  less,
  mul,
  neg,
  square,
  step,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { constant } from './families/constant';
import { heaviside } from './families/heaviside';
import { unary } from './families/unary';

// Each formula is the differential f'(x) t, written in x or, where that is cheaper, in y = f(x).

// d (-x) = -dx
unary('Neg', 'nothing', (t) => neg(t));
// d |x| = dx for x >= 0, else -dx: 1 at zero
unary('Abs', 'x', (t, x) => mul(neg(t), step(neg(x), -1)));
// d x^2 = 2 x dx
unary('Square', 'x', (t, x) => mul(add(t, t), x));
// d sqrt x = dx / (2 y)
unary('Sqrt', 'y', (t, y) => div(t, add(y, y)));
// d x^(-1/2) = -y^3 dx / 2
unary('Rsqrt', 'y', (t, y) => mul(mul(t, -0.5), mul(y, square(y))));
// d (1 / x) = -y^2 dx
unary('Reciprocal', 'y', (t, y) => mul(neg(t), square(y)));

// d exp x = y dx
unary('Exp', 'y', (t, y) => mul(t, y), 'float32');
// d (exp x - 1) = (y + 1) dx
unary('Expm1', 'y', (t, y) => add(mul(t, y), t), 'float32');
// d log x = dx / x
unary('Log', 'x', (t, x) => div(t, x));
// d log(1 + x) = dx / (1 + x)
unary('Log1p', 'x', (t, x) => div(t, add(x, 1)));
// d erf x = 2 / sqrt(pi) exp(-x^2) dx
unary('Erf', 'x', (t, x) => mul(mul(t, exp(neg(square(x)))), 2 / Math.sqrt(Math.PI)));

// d clip(x) = dx inside, half of it at a bound
unary(
  'ClipByValue',
  'x',
  (t, x, { clipValueMin, clipValueMax }) =>
    mul(t, mul(heaviside(sub(x, clipValueMin)), heaviside(sub(clipValueMax, x)))),
  undefined,
  {
    // wasm reads the bits of integers as floats (tfjs 4.22).
    broken: (backend, { x }) => backend === 'wasm' && x.dtype === 'int32',
    polyfill: ({ x }: { x: Tensor }, { clipValueMin, clipValueMax }) =>
      cast(clipByValue(cast(x, 'float32'), clipValueMin, clipValueMax), 'int32'),
  },
);

for (const kernel of ['Step', 'Floor', 'Ceil', 'Round']) constant(kernel);
constant('Sign', undefined, {
  // wasm's is 0 up to 1e-7 (tfjs 4.22).
  broken: (backend, { x }: { x: Tensor }) => backend === 'wasm' && x.dtype === 'float32',
  polyfill: ({ x }: { x: Tensor }) => sub(cast(greater(x, 0), 'float32'), cast(less(x, 0), 'float32')),
});
for (const kernel of ['IsNan', 'IsInf', 'IsFinite']) constant(kernel, 'bool');
