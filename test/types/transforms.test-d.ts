import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expectTypeOf, test } from 'vitest';
import {
  checkpoint,
  customJvp,
  customVjp,
  disableJit,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jit,
  jvp,
  linearize,
  linearizeWithAux,
  evalShape,
  makeJaxpr,
  stopGradient,
  tract,
  valueAndGrad,
  vjp,
  vjpWithAux,
  vmap,
} from '../../src';

interface Params {
  w: Tensor2D;
  layers: { b: Tensor1D; skip: null }[];
  pair: readonly [number, Tensor];
  name: string;
}
interface Gradient {
  w: Tensor;
  layers: { b: Tensor; skip: null }[];
  pair: readonly [Tensor, Tensor];
  name: string;
}

declare const params: Params;
declare const x: Tensor2D;
declare const t: Tensor1D;
declare const a: Tensor1D;
declare const batches: { a: Tensor2D; b: { c: Tensor } };
declare const scalar: Scalar;
declare const loss: (p: Params, input: Tensor2D, labels: { y: Tensor1D }) => Scalar;
declare const labels: { y: Tensor1D };
declare const withAux: (p: Params, input: Tensor2D) => [Scalar, { accuracy: number; logits: Tensor2D }];

describe('grad', () => {
  test('has the type of the first argument with tensor leaves', () => {
    expectTypeOf(grad(loss)).toEqualTypeOf<
      (...args: [p: Params, input: Tensor2D, labels: { y: Tensor1D }]) => Gradient
    >();
    expectTypeOf(grad(loss)(params, x, labels)).toEqualTypeOf<Gradient>();
    expectTypeOf(grad((t: Tensor) => tf.sum(t))(x)).toEqualTypeOf<Tensor>();
    expectTypeOf(grad((t: number) => t)(1)).toEqualTypeOf<Tensor>();
    expectTypeOf(grad((t: Tensor | number) => tf.square(t))(1)).toEqualTypeOf<Tensor>();
    expectTypeOf(grad((m: Map<string, Tensor1D>) => tf.sum(m.get('a')!))(new Map())).toEqualTypeOf<
      Map<string, Tensor>
    >();
  });

  test('argnums choose, negative ones from the end, arrays in their order', () => {
    expectTypeOf(grad(loss, { argnums: 1 })(params, x, labels)).toEqualTypeOf<Tensor>();
    expectTypeOf(grad(loss, { argnums: 2 })(params, x, labels)).toEqualTypeOf<{ y: Tensor }>();
    expectTypeOf(grad(loss, { argnums: -1 })(params, x, labels)).toEqualTypeOf<{ y: Tensor }>();
    expectTypeOf(grad(loss, { argnums: -2 })(params, x, labels)).toEqualTypeOf<Tensor>();
    expectTypeOf(grad(loss, { argnums: -3 })(params, x, labels)).toEqualTypeOf<Gradient>();
    expectTypeOf(grad(loss, { argnums: [2, 0] })(params, x, labels)).toEqualTypeOf<
      [{ y: Tensor }, Gradient]
    >();
    expectTypeOf(grad(loss, { argnums: [-1] })(params, x, labels)).toEqualTypeOf<[{ y: Tensor }]>();
    const argnums = [0, 1] as const;
    expectTypeOf(grad(loss, { argnums })(params, x, labels)).toEqualTypeOf<[Gradient, Tensor]>();
    // Not known until it runs.
    const some = 1 as number;
    expectTypeOf(
      grad((a: Tensor1D, b: Tensor1D) => tf.dot(a, b) as Scalar, { argnums: some }),
    ).returns.toEqualTypeOf<Tensor>();
  });

  test('aux is handed through', () => {
    expectTypeOf(grad(withAux, { hasAux: true })(params, x)).toEqualTypeOf<
      [Gradient, { accuracy: number; logits: Tensor2D }]
    >();
    expectTypeOf(grad(withAux, { hasAux: true, argnums: [1] })(params, x)).toEqualTypeOf<
      [[Tensor], { accuracy: number; logits: Tensor2D }]
    >();
    expectTypeOf(valueAndGrad(withAux, { hasAux: true })(params, x)).toEqualTypeOf<
      [[Tensor, { accuracy: number; logits: Tensor2D }], Gradient]
    >();
  });

  test('refuses what can not run', () => {
    // @ts-expect-error a vector is no loss
    grad((p: Params) => p.layers[0]!.b);
    // @ts-expect-error nor is an image
    grad((t: Tensor4D) => t);
    // @ts-expect-error nor is a pair
    grad((t: Scalar): [Scalar, Scalar] => [t, t]);
    // @ts-expect-error nor is a record
    grad((t: Scalar) => ({ t }));
    // @ts-expect-error nor is a string
    grad((t: Scalar) => `${t.shape}`);
    // @ts-expect-error nor is a promise
    grad(async (t: Scalar) => t);
    // @ts-expect-error there are three arguments
    grad(loss, { argnums: 3 });
    // @ts-expect-error there are three arguments
    grad(loss, { argnums: -4 });
    // @ts-expect-error there are three arguments
    grad(loss, { argnums: [0, 3] });
    // @ts-expect-error argnums are numbers
    grad(loss, { argnums: '0' });
    // @ts-expect-error the function has no aux
    grad(loss, { hasAux: true });
    // @ts-expect-error the aux is not announced
    grad(withAux);
    // @ts-expect-error there are three arguments
    valueAndGrad(loss, { argnums: 3 });
    // @ts-expect-error a vector is no loss
    valueAndGrad((p: Params) => p.layers[0]!.b);
    // @ts-expect-error the parameters lack a key
    grad(loss)({ w: x }, x, labels);
    // @ts-expect-error an argument is missing
    grad(loss)(params, x);
    // @ts-expect-error the options have no such key
    grad(loss, { argnum: 1 });
    // @ts-expect-error the second argument is a string, which has no derivative
    grad((t: Tensor, name: string) => tf.sum(tf.mul(t, name.length)), { argnums: 1 });
  });
});

describe('vjp', () => {
  const f = (p: Params, t: Tensor1D): { out: Tensor2D; list: [Tensor1D, number] } => ({
    out: p.w,
    list: [t, 1],
  });
  test('the cotangent is typed like y, and the result like the primals', () => {
    const [y, pullback] = vjp(f, params, t);
    expectTypeOf(y).toEqualTypeOf<{ out: Tensor2D; list: [Tensor1D, Tensor] }>();
    expectTypeOf(pullback({ out: x, list: [t, 1] })).toEqualTypeOf<[p: Gradient, t: Tensor]>();
    expectTypeOf(pullback.dispose).toEqualTypeOf<() => void>();
    const [, ofScalar] = vjp((a: number, b: number) => tf.mul(a, b), 1, 2);
    expectTypeOf(ofScalar(1)).toEqualTypeOf<[a: Tensor, b: Tensor]>();
  });
  test('aux', () => {
    const [y, pullback, aux] = vjpWithAux((a: Tensor1D) => [a, { c: 'text', a }] as const, t);
    expectTypeOf(y).toEqualTypeOf<Tensor1D>();
    expectTypeOf(aux).toEqualTypeOf<{ readonly c: 'text'; readonly a: Tensor1D }>();
    expectTypeOf(pullback(t)).toEqualTypeOf<[a: Tensor]>();
  });
  test('refuses what does not fit', () => {
    const [, pullback] = vjp(f, params, t);
    // @ts-expect-error a key is missing
    pullback({ out: x });
    // @ts-expect-error a key too many
    pullback({ out: x, list: [t, 1], more: x });
    // @ts-expect-error an entry is missing
    pullback({ out: x, list: [t] });
    // @ts-expect-error no tree
    pullback(x);
    // @ts-expect-error a single cotangent
    pullback({ out: x, list: [t, 1] }, x);
    // @ts-expect-error a primal is missing
    vjp(f, params);
    // @ts-expect-error a primal too many
    vjp(f, params, t, t);
    // @ts-expect-error no options after the primals
    vjp(f, params, t, { hasAux: true });
    // @ts-expect-error a pair is expected
    vjpWithAux((a: Tensor1D) => a, t);
  });
});

describe('jvp and linearize', () => {
  const f = (p: { a: Tensor1D; n: number }): { out: Tensor2D } => ({ out: tf.outerProduct(p.a, p.a) });
  test('value and tangent are typed like y', () => {
    const [y, dy] = jvp(f, [{ a, n: 1 }], [{ a, n: 2 }]);
    expectTypeOf(y).toEqualTypeOf<{ out: Tensor2D }>();
    expectTypeOf(dy).toEqualTypeOf<{ out: Tensor2D }>();
    const [, , aux] = jvp((t: Tensor1D) => [t, 'aux'] as const, [a], [a], { hasAux: true });
    expectTypeOf(aux).toEqualTypeOf<'aux'>();
    const [value, map] = linearize(f, { a, n: 1 });
    expectTypeOf(value).toEqualTypeOf<{ out: Tensor2D }>();
    expectTypeOf(map({ a, n: 2 })).toEqualTypeOf<{ out: Tensor2D }>();
    const [, , more] = linearizeWithAux((t: Tensor1D) => [t, { n: 1 }] as [Tensor1D, { n: number }], a);
    expectTypeOf(more).toEqualTypeOf<{ n: number }>();
    // Tensors may stand for numbers, and numbers for scalars.
    jvp(f, [{ a, n: 1 }], [{ a, n: scalar }]);
    jvp((t: Scalar) => tf.square(t), [scalar], [1]);
    linearize((t: Scalar) => tf.square(t), scalar)[1](1);
  });
  test('refuses what does not fit', () => {
    // @ts-expect-error a key of the tangent is missing
    jvp(f, [{ a, n: 1 }], [{ a }]);
    // @ts-expect-error a tangent is missing
    jvp(f, [{ a, n: 1 }], []);
    // @ts-expect-error primals are an array
    jvp(f, { a, n: 1 }, { a, n: 1 });
    // @ts-expect-error a key of the tangent is missing
    linearize(f, { a, n: 1 })[1]({ a });
    // @ts-expect-error a direction has the argument's structure
    hvp((t: Tensor1D) => tf.sum(t), [a], [{ a }]);
    // @ts-expect-error a vector is no loss
    hvp((t: Tensor1D) => t, [a], [a]);
  });
  test('hvp', () => {
    expectTypeOf(hvp(loss, [params, x, labels], [params, x, labels])).toEqualTypeOf<
      [p: Gradient, input: Tensor, labels: { y: Tensor }]
    >();
  });
});

describe('Jacobians and Hessians', () => {
  const f = (p: { a: Tensor1D; b: number }, t: Tensor1D): { out: Tensor2D; list: [Tensor, number] } => ({
    out: tf.outerProduct(p.a, t),
    list: [p.a, p.b],
  });
  interface Row {
    a: Tensor;
    b: Tensor;
  }
  test('the output tree holds the input tree', () => {
    for (const jac of [jacrev, jacfwd]) {
      expectTypeOf(jac(f)).returns.toEqualTypeOf<{ out: Row; list: [Row, Row] }>();
      expectTypeOf(jac(f, { argnums: 1 })).returns.toEqualTypeOf<{ out: Tensor; list: [Tensor, Tensor] }>();
      expectTypeOf(jac(f, { argnums: -1 })).returns.toEqualTypeOf<{ out: Tensor; list: [Tensor, Tensor] }>();
      expectTypeOf(jac(f, { argnums: [1, 0] })).returns.toEqualTypeOf<{
        out: [Tensor, Row];
        list: [[Tensor, Row], [Tensor, Row]];
      }>();
      expectTypeOf(jac((t: Tensor1D): [Tensor1D, string] => [t, ''], { hasAux: true })).returns.toEqualTypeOf<
        [Tensor, string]
      >();
      // @ts-expect-error there are two arguments
      jac(f, { argnums: 2 });
      // @ts-expect-error argnums are numbers
      jac(f, { argnums: 'a' });
      // @ts-expect-error a pair is expected
      jac(f, { hasAux: true });
    }
  });
  test('hessian', () => {
    const g = (p: { a: Tensor1D; b: number }, t: Tensor1D): Scalar =>
      tf.sum(tf.mul(tf.mul(p.a, p.b), t)) as Scalar;
    expectTypeOf(hessian(g)).returns.toEqualTypeOf<{ a: Row; b: Row }>();
    expectTypeOf(hessian(g, { argnums: 1 })).returns.toEqualTypeOf<Tensor>();
    expectTypeOf(hessian(g, { argnums: [0, 1] })).returns.toEqualTypeOf<
      [{ a: [Row, Tensor]; b: [Row, Tensor] }, [Row, Tensor]]
    >();
    expectTypeOf(
      hessian((t: Tensor1D): [Scalar, { n: number }] => [tf.sum(t) as Scalar, { n: 1 }], { hasAux: true }),
    ).returns.toEqualTypeOf<[Tensor, { n: number }]>();
    // @ts-expect-error there are two arguments
    hessian(g, { argnums: 2 });
  });
});

describe('vmap', () => {
  const f = (p: { a: Tensor1D; b: { c: Tensor } }, t: Tensor1D, how: string): { s: Scalar; v: Tensor1D } => ({
    s: tf.sum(p.a) as Scalar,
    v: how ? t : p.a,
  });
  test('inAxes are numbers, null, and trees that are prefixes of the arguments', () => {
    vmap(f, { inAxes: 0 });
    vmap(f, { inAxes: null });
    vmap(f, { inAxes: [0, -1, null] });
    vmap(f, { inAxes: [{ a: 0, b: null }, null, null] });
    vmap(f, { inAxes: [{ a: 0, b: { c: 1 } }, 0, null] });
    vmap((list: Tensor[]) => list[0]!, { inAxes: [[0, null]] });
    vmap((list: [Tensor, { a: Tensor }]) => list[0], { inAxes: [[0, { a: null }]] });
    vmap((m: Map<string, Tensor>) => m.get('a')!, { inAxes: [new Map([['a', 0]])] });
    const inAxes = [0, null, null] as const;
    vmap(f, { inAxes });
  });
  test('outAxes are a prefix of the output', () => {
    vmap(f, { outAxes: 1 });
    vmap(f, { outAxes: { s: 0, v: null } });
    vmap(f, { outAxes: { s: 0, v: -1 }, axisSize: 3 });
    vmap((t: Tensor): [Tensor, Tensor] => [t, t], { outAxes: [0, null] });
  });
  test('a batch is a tensor of any rank, and so are the results', () => {
    const mapped = vmap(f, { inAxes: [0, 0, null] });
    expectTypeOf(mapped(batches, x, 'how')).toEqualTypeOf<{ s: Tensor; v: Tensor }>();
    expectTypeOf(vmap((t: number) => tf.mul(2, t))(x)).toEqualTypeOf<Tensor>();
    expectTypeOf(
      vmap(
        grad((w: Tensor1D, t: Tensor1D) => tf.sum(tf.mul(w, t))),
        { inAxes: [null, 0] },
      )(x, x),
    ).toEqualTypeOf<Tensor>();
  });
  test('refuses what does not fit', () => {
    // @ts-expect-error an axis is a number
    vmap(f, { inAxes: true });
    // @ts-expect-error an axis is a number
    vmap(f, { inAxes: '0' });
    // @ts-expect-error one entry for each argument
    vmap(f, { inAxes: [0, 0] });
    // @ts-expect-error one entry for each argument
    vmap(f, { inAxes: [0, 0, 0, 0] });
    // @ts-expect-error an object for an array
    vmap(f, { inAxes: { a: 0 } });
    // @ts-expect-error no such key
    vmap(f, { inAxes: [{ a: 0, d: 0 }, 0, 0] });
    // @ts-expect-error a key is missing
    vmap(f, { inAxes: [{ a: 0 }, 0, 0] });
    // @ts-expect-error a tensor has no axes inside
    vmap(f, { inAxes: [0, { a: 0 }, 0] });
    // @ts-expect-error no such key
    vmap(f, { outAxes: { s: 0, w: 0 } });
    // @ts-expect-error an axis is a number
    vmap(f, { outAxes: true });
    // @ts-expect-error a size is a number
    vmap(f, { axisSize: '3' });
    // @ts-expect-error an argument is missing
    vmap(f)(batches, x);
  });
});

describe('the rest', () => {
  test('jit keeps the type and adds dispose', () => {
    const g = jit(loss, { staticArgnums: [2] });
    expectTypeOf(g(params, x, labels)).toEqualTypeOf<Scalar>();
    expectTypeOf(g.dispose).toEqualTypeOf<() => void>();
    expectTypeOf(jit((n: number) => ({ n, t: scalar }))(1)).toEqualTypeOf<{ n: Tensor; t: Scalar }>();
    // @ts-expect-error positions are numbers
    jit(loss, { staticArgnums: 'labels' });
    // @ts-expect-error an argument is missing
    g(params, x);
    expectTypeOf(disableJit(() => 3)).toEqualTypeOf<number>();
    expectTypeOf(evalShape(loss, params, x, labels).shape).toEqualTypeOf<readonly number[]>();
    expectTypeOf(
      evalShape((p: { w: tf.Tensor }) => p, { w: { shape: [2], dtype: 'int32' } }).w.dtype,
    ).toEqualTypeOf<tf.DataType>();
    expectTypeOf(makeJaxpr(loss)(params, x, labels).toString()).toEqualTypeOf<string>();
  });
  test('checkpoint, stopGradient and tract keep the type', () => {
    expectTypeOf(checkpoint(loss)).parameters.toEqualTypeOf<Parameters<typeof loss>>();
    expectTypeOf(stopGradient(params)).toEqualTypeOf<Params>();
    expectTypeOf(tract(loss, 0.1)).parameters.toEqualTypeOf<Parameters<typeof loss>>();
    expectTypeOf(valueAndGrad(tract(loss, 0.1))(params, x, labels)).toEqualTypeOf<[Tensor, Gradient]>();
  });
  test('customVjp and customJvp', () => {
    const g = customVjp((t: Tensor1D) => tf.sum(t) as Scalar, {
      fwd: (t) => [tf.sum(t) as Scalar, { shape: t.shape.length, t }],
      bwd: (res, ct) => [tf.mul(ct, tf.onesLike(res.t))],
    });
    expectTypeOf(g).parameters.toEqualTypeOf<[t: Tensor1D]>();
    customVjp((t: Tensor1D) => tf.sum(t) as Scalar, {
      fwd: (t) => [tf.sum(t) as Scalar, { t }],
      // @ts-expect-error the residuals have no such key
      bwd: (res, ct) => [tf.mul(ct, res.s)],
    });
    customVjp((t: Tensor1D) => tf.sum(t) as Scalar, {
      // @ts-expect-error a pair is expected
      fwd: (t) => tf.sum(t) as Scalar,
      bwd: (_res, ct) => [ct],
    });
    // @ts-expect-error bwd is missing
    customVjp((t: Tensor1D) => tf.sum(t) as Scalar, { fwd: (t) => [tf.sum(t) as Scalar, t] });
    const h = customJvp((t: Tensor1D) => tf.sin(t), {
      jvp: ([t], [dt]) => [tf.sin(t), tf.mul(dt, tf.cos(t))],
    });
    expectTypeOf(h).parameters.toEqualTypeOf<[t: Tensor1D]>();
    // @ts-expect-error jvp is missing
    customJvp((t: Tensor1D) => tf.sin(t), {});
  });
});
