import * as tf from '@tensorflow/tfjs-core';
import { describe } from 'vitest';
import {
  checkpoint,
  customJvp,
  customVjp,
  disableJit,
  evalShape,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jit,
  jvp,
  lax,
  linalg,
  linearize,
  makeJaxpr,
  tract,
  valueAndGrad,
  vjp,
  vmap,
} from '../../src';
import { line, throws } from '../support/line';

type Any = (...args: any[]) => any;

/** Every transformation as a function of f and its arguments, called at once. */
const transformations: Record<string, (f: Any, ...args: unknown[]) => unknown> = {
  grad: (f, ...args) => (grad(f as never) as Any)(...args),
  valueAndGrad: (f, ...args) => (valueAndGrad(f as never) as Any)(...args),
  vjp: (f, ...args) => vjp(f, ...args),
  linearize: (f, ...args) => linearize(f, ...args),
  jvp: (f, ...args) => jvp(f, args, args),
  jacrev: (f, ...args) => (jacrev(f) as Any)(...args),
  jacfwd: (f, ...args) => (jacfwd(f) as Any)(...args),
  hessian: (f, ...args) => (hessian(f) as Any)(...args),
  hvp: (f, ...args) => hvp(f as never, args as never, args as never),
  vmap: (f, ...args) => vmap(f)(...args),
  jit: (f, ...args) => jit(f)(...args),
  makeJaxpr: (f, ...args) => makeJaxpr(f)(...args),
  evalShape: (f, ...args) => evalShape(f, ...args),
  checkpoint: (f, ...args) => checkpoint(f)(...args),
  tract: (f, ...args) => tract(f, 0.1)(...args),
};
const differentiating = [
  'grad',
  'valueAndGrad',
  'vjp',
  'linearize',
  'jvp',
  'jacrev',
  'jacfwd',
  'hessian',
  'hvp',
];
const all = Object.entries(transformations);

function square(x: any): tf.Tensor {
  return tf.square(x);
}

describe.each(all)('%s', (name, transform) => {
  line('a function that is none', () => {
    const x = tf.scalar(1);
    for (const [f, shown] of [
      [undefined, 'undefined'],
      [3, 'the number 3'],
      [x, 'a tensor float32[]'],
      [{ f: square }, 'an object'],
    ] as const)
      throws(() => transform(f as never, x), TypeError, name, 'expected a function', shown);
  });

  line('a promise from the body', () => {
    const x = tf.tensor1d([1]);
    async function later(t: tf.Tensor): Promise<tf.Tensor> {
      return tf.square(t);
    }
    throws(() => transform(later, x), TypeError, 'later', 'promise', 'synchronous');
    async function failing(t: tf.Tensor): Promise<tf.Tensor> {
      await Promise.resolve();
      // A checkpoint without tracers hands the tensor itself on: what happens to it now is in no scope but this.
      tf.tidy(() => void tf.square(t));
      return t;
    }
    throws(() => transform(failing, x), TypeError, 'failing', 'promise');
  });

  if (name !== 'vmap') {
    line('a leaf that is a string, a boolean, undefined or a date', () => {
      const w = tf.scalar(1);
      const f = (p: { w: unknown }): unknown => p.w;
      for (const [leaf, shown] of [
        ['foo', '"foo"'],
        [true, 'boolean true'],
        [undefined, 'undefined'],
        [new Date(0), 'Date'],
      ] as const)
        throws(() => transform(f, { w, x: [leaf] }), TypeError, name, shown, 'x/0');
    });

    line('a disposed tensor', () => {
      const x = tf.scalar(1);
      x.dispose();
      throws(() => transform(square, x), Error, 'disposed', name);
      throws(() => transform(square, { a: [x] }), Error, 'disposed', 'a/0');
    });
  }

  line('an output that is no tensor', () => {
    const x = tf.tensor1d([1]);
    for (const [output, shown] of [
      ['foo', '"foo"'],
      [undefined, 'undefined'],
      [{ a: [true] }, 'boolean true'],
    ] as const) {
      const f = (t: tf.Tensor): unknown => {
        tf.square(t);
        return output;
      };
      if (name !== 'tract') throws(() => transform(f, x), TypeError, name, shown);
    }
  });
});

describe.each(differentiating)('%s', (name) => {
  const transform = transformations[name]!;
  line('an integer primal, by its path', () => {
    const p = { w: [tf.scalar(1), tf.scalar(1, 'int32')] };
    throws(
      () => transform((q: typeof p) => tf.add(q.w[0]!, q.w[1]!), p),
      TypeError,
      name,
      'requires float inputs',
      'int32[]',
      'argument 0 at "w/1"',
    );
    const flag = tf.tensor1d([true], 'bool');
    throws(() => transform(square, flag), TypeError, 'requires float inputs', 'bool[1]', 'argument 0');
  });
});

describe('argnums', () => {
  const makers = { grad, valueAndGrad, jacrev, jacfwd, hessian } as unknown as Record<
    string,
    (f: Any, options: object) => Any
  >;
  for (const [name, make] of Object.entries(makers)) {
    line(`${name}: out of range, not integers, twice, none`, () => {
      const call =
        (argnums: unknown): (() => unknown) =>
        () =>
          make((x: number, y: number) => tf.mul(x, y), { argnums })(1, 2);
      throws(call(2), RangeError, name, 'argnums=2', 'at least 3', 'only 2');
      throws(call(-3), RangeError, name, 'argnums=-3', 'only 2');
      throws(call([0, 2]), RangeError, name, 'argnums=2');
      throws(call(0.5), TypeError, name, 'argnums', '0.5');
      throws(call('0'), TypeError, name, 'argnums', '"0"');
      throws(call([]), TypeError, name, 'argnums');
      throws(call([0, -2]), RangeError, name, 'argnums', 'twice');
    });
  }
  line('staticArgnums', () => {
    const one = tf.scalar(1);
    const f = (x: tf.Tensor, n: number): tf.Tensor => tf.mul(x, n);
    for (const staticArgnums of [2, -3, [1, 2]])
      throws(() => jit(f, { staticArgnums })(one, 2), RangeError, 'staticArgnums', 'only 2');
    throws(() => jit(f, { staticArgnums: 'n' as never })(one, 2), TypeError, 'staticArgnums', '"n"');
  });
  line('nondiffArgnums', () => {
    const one = tf.scalar(1);
    const vjpRules = { fwd: (x: tf.Tensor) => [x, null] as const, bwd: () => [null], nondiffArgnums: [1] };
    throws(() => customVjp(square, vjpRules)(one), RangeError, 'nondiffArgnums', 'only 1');
    const jvpRules = { jvp: () => [one, one] as const, nondiffArgnums: [1] };
    throws(() => customJvp(square, jvpRules)(one), RangeError, 'nondiffArgnums', 'only 1');
  });
});

describe('options', () => {
  const one = (): tf.Tensor => tf.scalar(1);
  const [fwd, bwd] = [(x: tf.Tensor) => [x, null], (_: null, g: tf.Tensor) => [g]];
  const calls: Record<string, [call: (options: object) => unknown, known: string]> = {
    grad: [(options) => grad(square, options), 'argnums'],
    valueAndGrad: [(options) => valueAndGrad(square, options), 'argnums'],
    jacrev: [(options) => jacrev(square, options), 'argnums'],
    jacfwd: [(options) => jacfwd(square, options), 'argnums'],
    hessian: [(options) => hessian(square, options), 'argnums'],
    jvp: [(options) => jvp(square, [1], [1], options), 'hasAux'],
    vmap: [(options) => vmap(square, options), 'inAxes'],
    jit: [(options) => jit(square, options), 'staticArgnums'],
    makeJaxpr: [(options) => makeJaxpr(square, options), 'staticArgnums'],
    tract: [(options) => tract(square, options), 'lambda'],
    customVjp: [(options) => customVjp(square, { fwd, bwd, ...options } as never), 'nondiffArgnums'],
    customJvp: [(options) => customJvp(square, { jvp: fwd, ...options } as never), 'nondiffArgnums'],
    'lax.scan': [(options) => lax.scan((c) => [c, null], 0, null, options), 'reverse'],
    'linalg.solveTriangular': [
      (options) => tf.tidy(() => linalg.solveTriangular(tf.eye(1), tf.reshape(one(), [1]), options)),
      'lower',
    ],
  };
  for (const [name, [call, known]] of Object.entries(calls))
    line(`${name}: one that is misspelt`, () =>
      throws(() => call({ [`${known}s`]: 1 }), TypeError, name, `${known}s`, `${known}`),
    );
  line('no object', () => {
    for (const options of [1, null])
      throws(() => grad(square, options as never), TypeError, 'grad', 'object of options', String(options));
  });
});

describe('customJvp', () => {
  line('rules that do not fit', () => {
    const x = tf.ones([2]);
    const three = tf.ones([3]);
    const of =
      (rule: Any): (() => unknown) =>
      () =>
        jvp(customJvp(square, { jvp: rule }), [x], [x]);
    throws(() => customJvp(square, {} as never), TypeError, 'No JVP defined', 'square', 'undefined');
    throws(() => customJvp(square, undefined as never), TypeError, 'No JVP defined');
    throws(
      of(() => x),
      TypeError,
      'customJvp(square)',
      'must return a pair',
      'float32[2]',
    );
    throws(
      of(() => [x, three]),
      RangeError,
      'customJvp(square)',
      '[2]',
      '[3]',
    );
    throws(
      of(() => [x, [x]]),
      TypeError,
      'customJvp(square)',
      'structure',
    );
    throws(
      of(() => [x, 'foo']),
      TypeError,
      'customJvp(square)',
      '"foo"',
    );
    throws(
      of(([t]) => [t, tf.cast(t, 'int32')]),
      TypeError,
      'customJvp(square)',
      'int32[2]',
    );
  });
});

describe('disableJit', () => {
  line('a promise would run on with jit at work', () =>
    throws(() => disableJit(async () => 1), TypeError, 'disableJit', 'promise'),
  );
});
