// Hamiltonian dynamics: the motion follows from the energy alone, dq/dt = dH/dp and dp/dt = -dH/dq, by its gradient.
import * as tf from '@tensorflow/tfjs-core';
import { grad, jit, lax, vmap } from '../../src';
import type { Settings } from './example';

/** Energy of a planet of mass 1 around a sun: p^2 / 2 - 1 / |q|. */
const energy = (q: tf.Tensor, p: tf.Tensor): tf.Tensor =>
  tf.sub(tf.mul(0.5, tf.sum(tf.square(p))), tf.div(1, tf.sqrt(tf.sum(tf.square(q)))));

type State = { q: tf.Tensor; p: tf.Tensor };

/** Leapfrog (Stoermer and Verlet), which keeps the energy near its value for good. */
function leapfrog({ q, p }: State, dt: number): State {
  const kick = (at: tf.Tensor, momentum: tf.Tensor): tf.Tensor =>
    tf.sub(momentum, tf.mul(dt / 2, grad(energy, { argnums: 0 })(at, momentum)));
  const half = kick(q, p);
  const moved = tf.add(q, tf.mul(dt, grad(energy, { argnums: 1 })(q, half)));
  return { q: moved, p: kick(moved, half) };
}

/** Euler's method, which does not. */
function euler({ q, p }: State, dt: number): State {
  return {
    q: tf.add(q, tf.mul(dt, grad(energy, { argnums: 1 })(q, p))),
    p: tf.sub(p, tf.mul(dt, grad(energy, { argnums: 0 })(q, p))),
  };
}

export function hamiltonian({ short, say }: Settings): { leapfrog: number; euler: number; orbits: number } {
  const dt = 0.02;
  const steps = short ? 400 : 4000;
  // Four planets at once, one circular orbit and three ellipses.
  const simulate = (method: typeof leapfrog): number =>
    tf.tidy(() => {
      const move = jit((start: State): [tf.Tensor, tf.Tensor] => {
        const body = (s: State): [State, tf.Tensor] => {
          const next = vmap((one: State) => method(one, dt))(s) as State;
          return [next, vmap(energy)(next.q, next.p) as tf.Tensor];
        };
        const [end, energies] = lax.scan(body as never, start, null, { length: steps }) as unknown as [
          State,
          tf.Tensor,
        ];
        return [end.q, energies];
      });
      const q = tf.tensor2d([
        [1, 0],
        [1, 0],
        [1, 0],
        [1, 0],
      ]);
      const p = tf.tensor2d([
        [0, 1],
        [0, 0.9],
        [0, 0.8],
        [0.1, 1.1],
      ]);
      const initial = vmap(energy)(q, p) as tf.Tensor;
      const [, energies] = move({ q, p });
      move.dispose();
      return tf.max(tf.abs(tf.sub(energies as tf.Tensor, initial))).dataSync()[0]!;
    });
  const drift = { leapfrog: simulate(leapfrog), euler: simulate(euler) };
  const orbits = (steps * dt) / (2 * Math.PI);
  say(
    `over ${orbits.toFixed(1)} orbits the energy (-0.5) strays by at most ${drift.leapfrog.toExponential(1)} with leapfrog, ${drift.euler.toFixed(3)} with Euler's method`,
  );
  return { ...drift, orbits };
}
