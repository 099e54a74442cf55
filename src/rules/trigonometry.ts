import {
  add,
  cos,
  cosh,
  div,
  mul,
  neg,
  rsqrt,
  sin,
  sinh,
  square,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { unary } from './families/unary';

// d sin x = cos x dx, and so on
unary('Sin', 'x', (t, x) => mul(t, cos(x)));
unary('Cos', 'x', (t, x) => neg(mul(t, sin(x))));
unary('Sinh', 'x', (t, x) => mul(t, cosh(x)));
unary('Cosh', 'x', (t, x) => mul(t, sinh(x)));
// d tan x = (1 + y^2) dx
unary('Tan', 'y', (t, y) => add(t, mul(t, square(y))));
// d tanh x = (1 - y^2) dx
unary('Tanh', 'y', (t, y) => sub(t, mul(t, square(y))));

// d arcsin x = dx / sqrt(1 - x^2)
unary('Asin', 'x', (t, x) => mul(t, rsqrt(oneMinusSquare(x))));
unary('Acos', 'x', (t, x) => neg(mul(t, rsqrt(oneMinusSquare(x)))));
// d arctan x = dx / (1 + x^2)
unary('Atan', 'x', (t, x) => div(t, add(square(x), 1)));
// d arsinh x = dx / sqrt(x^2 + 1)
unary('Asinh', 'x', (t, x) => mul(t, rsqrt(add(square(x), 1))));
// d arcosh x = dx / sqrt(x^2 - 1)
unary('Acosh', 'x', (t, x) => mul(t, rsqrt(mul(sub(x, 1), add(x, 1)))));
// d artanh x = dx / (1 - x^2)
unary('Atanh', 'x', (t, x) => div(t, oneMinusSquare(x)));

/** 1 - x^2, factored so that it keeps its digits near 1. */
function oneMinusSquare(x: Tensor): Tensor {
  return mul(sub(1, x), add(1, x));
}
