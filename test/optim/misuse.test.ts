import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as optim from '../../src/optim';

const params = (): { w: tf.Tensor; b: tf.Tensor } => ({ w: tf.ones([2, 2]), b: tf.ones([2]) });

describe('named errors', () => {
  it.each([
    ['a negative learning rate', () => optim.adam(-1), /learning rate must be 0 or more/],
    ['a learning rate of NaN', () => optim.sgd(NaN), /learning rate/],
    ['a decay of 1', () => optim.adam(1, { b1: 1 }), /b1 must be in \[0, 1\)/],
    ['a norm of 0', () => optim.clipByGlobalNorm(0), /maxNorm/],
    ['a negative bound', () => optim.clip(-1), /maxDelta/],
    ['a schedule without steps', () => optim.cosineDecaySchedule(1, 0), /steps must be positive/],
    ['a negative factor', () => optim.piecewiseConstantSchedule(1, { 5: -1 }), /0 or more/],
    ['too few boundaries', () => optim.joinSchedules([() => 1, () => 2], []), /need 1 boundaries/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  it('a link of a chain that is none', () => {
    expect(() => optim.chain(optim.sgd(1), {} as any)).toThrow(/chain: argument 1/);
  });

  it('parameters that weight decay misses', () =>
    tf.tidy(() => {
      const optimizer = optim.addDecayedWeights(0.1);
      expect(() => optimizer.update(params(), [])).toThrow(/addDecayedWeights.update: params are needed/);
    }));

  it('masks and labels that do not fit', () =>
    tf.tidy(() => {
      const p = params();
      expect(() => optim.masked(optim.sgd(1), { w: true }).init(p)).toThrow(/mask/);
      expect(() => optim.masked(optim.sgd(1), { w: true, b: 1 }).init(p)).toThrow(
        /masked: mask must have booleans/,
      );
      expect(() => optim.multiTransform({ a: optim.sgd(1) }, { w: 'a', b: 'c' }).init(p)).toThrow(
        /no transformation is named "c"/,
      );
    }));

  it('a vector for Muon', () =>
    tf.tidy(() => {
      const optimizer = optim.scaleByMuon();
      const p = params();
      expect(() => optimizer.update(p, optimizer.init(p))).toThrow(/only matrices and kernels/);
    }));
});

describe('special cases', () => {
  it('setToZero with multiTransform holds parameters still', () =>
    tf.tidy(() => {
      const optimizer = optim.multiTransform(
        { frozen: optim.setToZero(), free: optim.identity() },
        { w: 'frozen', b: 'free' },
      );
      const p = params();
      const [updates] = optimizer.update(p, optimizer.init(p));
      expect(Array.from(updates.w.dataSync())).toEqual([0, 0, 0, 0]);
      expect(Array.from(updates.b.dataSync())).toEqual([1, 1]);
    }));

  it('a mask may be a function of the parameters', () =>
    tf.tidy(() => {
      const optimizer = optim.addDecayedWeights(0.5, (p: any) => ({ w: p.w.rank === 2, b: p.b.rank === 2 }));
      const p = params();
      const [updates] = optimizer.update({ w: tf.zeros([2, 2]), b: tf.zeros([2]) }, optimizer.init(p), p);
      expect(Array.from(updates.w.dataSync())).toEqual([0.5, 0.5, 0.5, 0.5]);
      expect(Array.from(updates.b.dataSync())).toEqual([0, 0]);
    }));

  it('a variable as learning rate is read at every step', () => {
    const rate = tf.tidy(() => tf.variable(tf.scalar(1)));
    const optimizer = optim.sgd(rate);
    const first = optimizer.update(2, optimizer.init(1))[0] as unknown as tf.Tensor;
    tf.tidy(() => rate.assign(tf.scalar(3)));
    const second = optimizer.update(2, optimizer.init(1))[0] as unknown as tf.Tensor;
    expect([first.dataSync()[0], second.dataSync()[0]]).toEqual([-2, -6]);
    tf.dispose([rate, first, second]);
  });

  it('newtonSchulz brings singular values near 1, for tall and wide matrices', () =>
    tf.tidy(() => {
      for (const shape of [
        [6, 3],
        [3, 6],
      ]) {
        const x = optim.newtonSchulz(tf.randomNormal(shape, 0, 1, 'float32', 7));
        const gram = shape[0]! > shape[1]! ? tf.matMul(x, x, true) : tf.matMul(x, x, false, true);
        const distance = tf.norm(tf.sub(gram, tf.eye(3))).dataSync()[0]!;
        // Every singular value within [0.6, 1.25]: |s^2 - 1| is at most 0.64.
        expect(distance).toBeLessThan(0.64 * Math.sqrt(3));
      }
    }));
});
