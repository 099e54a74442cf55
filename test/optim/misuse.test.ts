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
    ['a negative eps', () => optim.adam(1, { eps: -1 }), /scaleByAdam: eps must be 0 or more and finite/],
    ['of the root', () => optim.adam(1, { epsRoot: -1 }), /scaleByAdam: epsRoot/],
    ['of RMSProp', () => optim.rmsprop(1, { eps: -1 }), /scaleByRms: eps/],
    ['of Adagrad', () => optim.adagrad(1, { eps: -1 }), /scaleByRss: eps/],
    ['of Muon', () => optim.muon(1, { eps: -1 }), /scaleByMuon: eps/],
    ['of the trust ratio', () => optim.scaleByTrustRatio({ eps: -1 }), /scaleByTrustRatio: eps/],
    ['a factor of NaN', () => optim.scale(NaN), /scale: factor must be finite, got NaN/],
    ['a momentum of NaN', () => optim.trace(NaN), /trace: decay/],
    ['a weight decay of NaN', () => optim.addDecayedWeights(NaN), /addDecayedWeights: weightDecay/],
    ['a constant of NaN', () => optim.constantSchedule(NaN), /constantSchedule: value/],
    ['a start at NaN', () => optim.linearSchedule(NaN, 1, 5), /linearSchedule: initValue/],
    ['a cosine from NaN', () => optim.cosineDecaySchedule(NaN, 5), /cosineDecaySchedule: initValue/],
    ['decay from NaN', () => optim.exponentialDecay(NaN, 5, 0.1), /exponentialDecay: initValue/],
    [
      'steps from NaN',
      () => optim.piecewiseConstantSchedule(NaN, {}),
      /piecewiseConstantSchedule: initValue/,
    ],
    [
      'a peak of NaN',
      () => optim.linearOnecycleSchedule(9, NaN),
      /linearOnecycleSchedule: peakValue must be finite/,
    ],
    ['a count of NaN', () => optim.linearSchedule(0, 1, 5)(NaN), /linearSchedule: count/],
    ['a boundary of NaN', () => optim.joinSchedules([() => 1, () => 2], [NaN]), /joinSchedules: boundaries/],
    [
      'a rise longer than all steps',
      () => optim.cosineOnecycleSchedule(9, 1, { pctStart: 2 }),
      /cosineOnecycleSchedule: pctStart must be in \[0, 1\), got 2/,
    ],
    ['a fall too', () => optim.linearOnecycleSchedule(9, 1, { pctFinal: 2 }), /pctFinal must be in/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });

  it.each([
    [
      'a learning rate that is a string',
      () => optim.sgd('1' as any),
      /rate must be a number, got the string "1"/,
    ],
    ['no learning rate', () => (optim.adam as any)(), /learning rate must be a number, got undefined/],
    [
      'a momentum that is a string',
      () => optim.sgd(1, { momentum: 'a' as any }),
      /trace: decay must be a number/,
    ],
    [
      'a decay that is a string',
      () => optim.adam(1, { b1: '0' as any }),
      /adam: b1 must be a number, got the string/,
    ],
    ['a start that is a string', () => optim.linearSchedule('0' as any, 1, 5), /initValue must be a number/],
    ['a count that is a string', () => optim.linearSchedule(0, 1, 5)('a' as any), /count must be a number/],
    [
      'schedules that are none',
      () => optim.joinSchedules([1 as any], []),
      /joinSchedules: expected a function/,
    ],
    ['a link of a chain that is none', () => optim.chain(optim.sgd(1), {} as any), /chain: argument 1/],
    [
      'parts that are none',
      () => optim.multiTransform({ a: 1 as any }, 'a'),
      /multiTransform: a is no gradient/,
    ],
    ['an inner one that is none', () => optim.masked(1 as any, true), /masked: inner is no gradient/],
    ['the same', () => optim.applyIfFinite(1 as any, 3), /applyIfFinite: inner is no gradient/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  it("updates unlike the state's, or the parameters", () =>
    tf.tidy(() => {
      const optimizer = optim.adam(0.1);
      const p = params();
      const state = optimizer.init(p);
      expect(() => optimizer.update({ w: p.w }, state)).toThrow(
        /^chain.update: state: unexpected tree structure at "0\/mu": expected .* keys w, got .* keys b, w/,
      );
      expect(() => optimizer.update(p, optim.lion(0.1).init(p))).toThrow(/^chain.update: state: .*structure/);
      expect(() => optim.applyUpdates(p, { w: p.w })).toThrow(/^applyUpdates: updates: unexpected/);
      expect(() => optim.applyUpdates(p, { ...p, w: tf.ones([1, 2]) })).toThrow(
        /^applyUpdates: updates at "w" are float32\[1,2\], but the parameter is float32\[2,2\]/,
      );
    }));

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
