import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import {
  checkpoint,
  customJvp,
  customVjp,
  evalShape,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  linearize,
  makeJaxpr,
  stopGradient,
  tract,
  vjp,
  vmap,
} from '../../src';
import { close, line, throws } from '../support/line';

type F = (x: tf.Tensor) => tf.Tensor;

const jitted: { dispose(): void }[] = [];
afterEach(() => jitted.splice(0).forEach((g) => g.dispose()));

/** Transformations that make of a function of a vector, with a scalar value, another such function. */
const wrappers: Record<string, (f: F) => F> = {
  grad: (f) => (x) => tf.sum(grad(f)(x)),
  vjp: (f) => (x) => tf.sum(vjp(f, x)[1](1)[0]),
  jvp: (f) => (x) => jvp(f, [x], [x])[1],
  linearize: (f) => (x) => linearize(f, x)[1](x),
  jacrev: (f) => (x) => tf.sum(jacrev(f)(x) as tf.Tensor),
  jacfwd: (f) => (x) => tf.sum(jacfwd(f)(x) as tf.Tensor),
  vmap: (f) => (x) => tf.tidy(() => tf.sum(vmap(f)(tf.stack([x, tf.mul(2, x)])))),
  jit: (f) => (x) => {
    const g = jit(f);
    jitted.push(g);
    return g(x);
  },
  checkpoint: (f) => checkpoint(f),
  customVjp: (f) =>
    customVjp(f, { fwd: (x) => [f(x), x], bwd: (x: tf.Tensor, ct: tf.Tensor) => [tf.mul(ct, tf.cos(x))] }),
  customJvp: (f) =>
    customJvp(f, {
      jvp: ([x]: [tf.Tensor], [dx]: [tf.Tensor]) => [f(x), tf.sum(tf.mul(dx, tf.cos(x)))],
    }),
  'tf.tidy': (f) => (x) => tf.tidy(() => f(x)),
  'tf.grad': (f) => (x) => tf.sum(tf.grad(f)(x)),
};

// When its function throws, tf.grad leaves what its tape has saved: tensors, if tfjs's gradients are loaded as tfjs-node loads them.
if (tf.getGradient('Exp')) delete wrappers['tf.grad'];

class Deliberate extends Error {}

describe('an error thrown in the body, at any nesting', () => {
  const names = Object.keys(wrappers);
  const nestings = names.flatMap((a) => names.flatMap((b) => [[a, b]]));
  const broken: F = (x) => {
    const y = tf.exp(x);
    tf.tidy(() => {
      tf.sin(y);
      throw new Deliberate('deliberate');
    });
    return tf.sum(y);
  };
  const sound: F = (x) => tf.sum(tf.square(x));

  it.each(nestings)('%s of %s', (outer, inner) => {
    // Not in a tidy scope: whatever is left would be seen.
    const x = tf.tensor1d([0.5, 1]);
    const f = wrappers[outer]!(wrappers[inner]!(broken));
    // Forward mode never reaches the body of a customVjp, and says so.
    const refused = inner === 'customVjp' && ['jvp', 'jacfwd'].includes(outer);
    throws(() => f(x), refused ? TypeError : Deliberate, refused ? 'customVjp' : 'deliberate');
    // What ran into an error works again at once.
    const after = grad(sound)(x);
    close(after, [1, 2]);
    tf.dispose([x, after]);
    jitted.splice(0).forEach((g) => g.dispose());
  });

  it('caught inside a running transformation, which goes on', () => {
    const x = tf.tensor1d([0.5, 1]);
    const careful: F = (t) => {
      let found = 0;
      for (const wrap of Object.values(wrappers)) {
        try {
          wrap(broken)(t);
        } catch (error) {
          if (error instanceof Deliberate) found++;
        }
      }
      expect(found).toBeGreaterThanOrEqual(Object.keys(wrappers).length - 1);
      return sound(t);
    };
    const before = tf.memory().numTensors;
    const results = [
      grad(careful)(x),
      grad((t: tf.Tensor) => tf.sum(grad(careful)(t)))(x),
      vmap(careful, { axisSize: 1, inAxes: null })(x),
    ];
    results.push(...jvp(careful, [x], [x]));
    expect(tf.memory().numTensors).toBe(before + results.length);
    close(results, [[1, 2], [2, 2], [1.25], 1.25, 2.5]);
    tf.dispose([x, ...results]);
  });
});

describe('tracers that escape', () => {
  const scalarTransformations: Record<string, (f: F, x: tf.Tensor) => unknown> = {
    grad: (f, x) => grad(f)(x),
    vjp: (f, x) => vjp(f, x),
    jvp: (f, x) => jvp(f, [x], [x]),
    vmap: (f, x) => vmap(f)(tf.stack([x])),
    jit: (f, x) => {
      const g = jit(f);
      jitted.push(g);
      return g(x);
    },
    makeJaxpr: (f, x) => makeJaxpr(f)(x),
    evalShape: (f, x) => evalShape(f, x),
    hessian: (f, x) => hessian(f)(x),
    tract: (f, x) => tract((w: tf.Tensor) => tf.sum(tf.matMul(tf.ones([1, 1]), tf.reshape(f(w), [1, 1]))))(x),
  };
  for (const [name, run] of Object.entries(scalarTransformations)) {
    line(`${name}: the message names it and says to return the value`, () => {
      let escaped!: tf.Tensor;
      run((x) => {
        escaped = tf.keep(tf.sin(x));
        return tf.mul(x, escaped);
      }, tf.scalar(1));
      const uses: (() => unknown)[] = [
        () => tf.exp(escaped),
        () => grad((y: tf.Tensor) => tf.mul(y, escaped))(tf.scalar(1)),
        () => escaped.dataSync(),
        () => grad((_: tf.Tensor) => escaped)(tf.scalar(1)),
        () => jvp((y: tf.Tensor) => y, [escaped], [tf.scalar(1)]),
      ];
      const named = name === 'hessian' ? /hessian|jacrev|vjp|jvp|vmap/ : name;
      for (const use of uses) throws(() => tf.tidy(use as () => tf.Tensor), Error, named, 'escaped');
    });
  }
});

describe('tensors disposed before a body uses them', () => {
  for (const name of ['grad', 'jvp', 'vmap', 'jit']) {
    line(`${name}: the message says which`, () => {
      const [x, gone] = [tf.ones([3]), tf.zeros([2, 3])];
      gone.dispose();
      const f: F = (t) => tf.sum(tf.matMul(gone, tf.reshape(t, [3, 1])));
      throws(() => tf.tidy(() => wrappers[name]!(f)(x)), Error, '[2,3]', 'is disposed');
    });
  }
});

describe('kernels without rules', () => {
  const kernel = 'UnruledSquare';
  const call: F = (x) => tf.engine().runKernel(kernel, { x }) as tf.Tensor;
  const registered = (body: () => void): void => {
    tf.registerKernel({
      kernelName: kernel,
      backendName: tf.getBackend(),
      kernelFunc: ({ inputs, backend }) => {
        const x = inputs.x as tf.Tensor;
        const values = (backend as unknown as { readSync(id: object): Float32Array }).readSync(x.dataId);
        return tf.engine().makeTensor(
          values.map((v) => v * v),
          x.shape,
          'float32',
        );
      },
    });
    try {
      body();
    } finally {
      tf.unregisterKernel(kernel, tf.getBackend());
    }
  };
  line('derivatives name the kernel', () =>
    registered(() => {
      const x = tf.scalar(3);
      close(call(x), 9);
      throws(() => grad(call)(x), Error, 'grad', kernel, 'no rule for reverse-mode');
      throws(() => jvp(call, [x], [x]), Error, 'jvp', kernel);
      throws(() => jit(call)(x), Error, 'jit', kernel, 'no abstract shape rule');
      // Where no derivative flows through, none is needed.
      close(grad((t: tf.Tensor) => tf.mul(t, call(stopGradient(t))))(x), 9);
    }),
  );
  line('a kernel that nobody knows', () => {
    const x = tf.scalar(3);
    throws(
      () => grad((t: tf.Tensor) => tf.engine().runKernel('NoSuchKernel', { t }) as tf.Tensor)(x),
      Error,
      'NoSuchKernel',
    );
  });
});

describe('misuse in time', () => {
  line('a linear map after dispose', () => {
    const [, map] = linearize((x: tf.Tensor) => tf.square(x), tf.scalar(1) as tf.Tensor);
    const one = tf.scalar(1);
    map.dispose();
    throws(() => map(one), Error, 'linearize', 'dispose()');
  });
  line('a disposed argument of a pullback', () => {
    const [, pullback] = vjp((x: tf.Tensor) => tf.square(x), tf.scalar(1));
    const ct = tf.scalar(1);
    ct.dispose();
    throws(() => pullback(ct), Error, 'The pullback of vjp', 'disposed');
  });
  line('assigning a tracer to a variable', () => {
    const v = tf.variable(tf.scalar(0));
    const x = tf.scalar(1);
    const assigning = grad((t: tf.Tensor) => {
      v.assign(tf.square(t) as tf.Scalar);
      return t;
    });
    // tfjs drops the variable's old value before it looks at the new one, so the variable itself is lost.
    expect(() => assigning(x)).toThrow(/grad.*variable assignment/s);
    v.dispose();
  });
  line('asking a batch for its values', () => {
    const x = tf.ones([2]);
    throws(
      () => vmap((t: tf.Tensor) => tf.scalar(t.dataSync()[0]!))(x),
      Error,
      'vmap',
      'dataSync()',
      'tf.where',
    );
    throws(() => vmap((t: tf.Tensor) => (t.arraySync() ? t : t))(x), Error, 'vmap', 'arraySync()');
  });
  line('random ops under jit', () => {
    const x = tf.ones([2]);
    throws(() => jit((t: tf.Tensor) => tf.dropout(t, 0.5))(x), Error, 'jit');
    throws(
      () => jit((t: tf.Tensor) => tf.multinomial(t as tf.Tensor1D, 2))(x),
      Error,
      'jit',
      'Multinomial',
      'random',
    );
  });
});
