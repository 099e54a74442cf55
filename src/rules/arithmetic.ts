import {
  add,
  addN,
  div,
  floor,
  getBackend,
  greater,
  log,
  logicalAnd,
  mul,
  neg,
  onesLike,
  pow,
  square,
  sub,
  where,
  cast,
  equal,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { defineRule, type BatchCall, type Named } from '../core/rule';
import { elementwiseBatch } from './families/batching';
import { bilinear } from './families/bilinear';
import { binary, broadcastShapes } from './families/binary';
import { sumTo } from './families/broadcast';
import { byParts, conjugate } from './families/complexParts';
import { constant } from './families/constant';
import { heaviside } from './families/heaviside';
import { broadcastRightly, isMisbroadcast } from './families/lowRank';
import { WEBGPU_INPUTS } from './families/webgpu';

// Each entry is one operand's term of the differential, for a tangent or cotangent t.

// d (a + b) = da + db
binary('Add', { a: [[], (t) => t], b: [[], (t) => t] });
// d (a - b) = da - db
binary('Sub', { a: [[], (t) => t], b: [[], (t) => byParts(t, neg)] });
// a b is bilinear: each operand's cotangent is the product with the other one's conjugate.
bilinear(
  'Multiply',
  {
    a: ({ b, ct }, { avals }) => sumTo(mul(ct, conjugate(b!)), avals.a!.shape),
    b: ({ a, ct }, { avals }) => sumTo(mul(ct, conjugate(a!)), avals.b!.shape),
  },
  {
    batch: elementwiseBatch,
    shape: ({ inputs }) => ({ shape: broadcastShapes(inputs), dtype: inputs.a!.dtype }),
    broken: isMisbroadcast,
    polyfill: (inputs: Named<Tensor>, attrs) => broadcastRightly('Multiply', inputs, attrs),
  },
);

// d (a / b) = da / b - y db / b
binary('RealDiv', {
  a: [['b'], (t, { b }) => div(t, b)],
  b: [['b', 'y'], (t, { b, y }) => neg(mul(t, div(y, b)))],
});
// d (a - b)^2 = 2 (a - b) (da - db)
binary('SquaredDifference', {
  a: [['a', 'b'], (t, { a, b }) => mul(t, mul(2, sub(a, b)))],
  b: [['a', 'b'], (t, { a, b }) => mul(t, mul(2, sub(b, a)))],
});
// d max(a, b) = da where a > db, half of each where they tie
binary('Maximum', {
  a: [['a', 'b'], (t, { a, b }) => mul(t, heaviside(sub(a, b)))],
  b: [['a', 'b'], (t, { a, b }) => mul(t, heaviside(sub(b, a)))],
});
binary('Minimum', {
  a: [['a', 'b'], (t, { a, b }) => mul(t, heaviside(sub(b, a)))],
  b: [['a', 'b'], (t, { a, b }) => mul(t, heaviside(sub(a, b)))],
});
// y = a - b floor(a / b)
binary('Mod', {
  a: [[], (t) => t],
  b: [['a', 'b'], (t, { a, b }) => neg(mul(t, floor(div(a, b))))],
});
// d arctan(a / b) = (b da - a db) / (a^2 + b^2)
binary('Atan2', {
  a: [['a', 'b'], (t, { a, b }) => mul(t, div(b, add(square(a), square(b))))],
  b: [['a', 'b'], (t, { a, b }) => neg(mul(t, div(a, add(square(a), square(b)))))],
});
// d a^b = b a^(b - 1) da + log(a) y db
binary('Pow', {
  a: [['a', 'b'], (t, { a, b }) => mul(t, mul(b, pow(a, oneLess(b, a))))],
  b: [['a', 'y'], (t, { a, y }) => mul(t, mul(y, guardedLog(a)))],
});

/** b - 1, but 0 where a = b = 0, so that b a^(b - 1) is 0 there, not 0 times infinity, and stays so when differentiated again. */
function oneLess(b: Tensor, a: Tensor): Tensor {
  return add(sub(b, 1), cast(logicalAnd(equal(a, 0), equal(b, 0)), 'float32'));
}

/** log a for a > 0, else 0, where a power has no real derivative by its exponent. */
function guardedLog(a: Tensor): Tensor {
  return log(where(greater(a, 0), a, onesLike(a)));
}

defineRule('AddN', {
  vjp: () => ({ pull: (ct) => ct }),
  jvp: ({ tangents }) => addN(Object.values(tangents).filter((t) => t !== null)),
  batch: batchAddN,
  shape: ({ inputs }) => inputs[0]!,
  // No tfjs issue is filed; concat had the same and was mended (6532).
  broken: (backend, inputs: Tensor[]) => backend === 'webgpu' && inputs.length > WEBGPU_INPUTS,
  polyfill: (inputs: Tensor[]) =>
    addN([addN(inputs.slice(0, WEBGPU_INPUTS)), ...inputs.slice(WEBGPU_INPUTS)]),
});

/** The kernel knows no broadcasting: terms without the mapped axis are added afterwards. */
function batchAddN({ inputs }: BatchCall): Tensor {
  const terms = Object.values(inputs);
  const total = (batched: boolean): Tensor[] =>
    terms.filter((term) => term.batched === batched).map(({ value }) => value);
  const [mapped, same] = [total(true), total(false)];
  return same.length > 0 ? add(addN(mapped), addN(same)) : addN(mapped);
}

constant('BitwiseAnd');
// The kernels of wasm and tensorflow keep the operands' type.
constant('FloorDiv', ({ dtype }) => (['wasm', 'tensorflow'].includes(getBackend()) ? dtype : 'int32'));
