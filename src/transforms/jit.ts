import { clone, Tensor } from '@tensorflow/tfjs-core';
import { withDefaults, describeValue } from '../core/errors';
import { withWebGPU } from '../core/leftOut';
import { toTensor } from '../core/values';
import { capture } from '../jit/capture';
import { Jitted, runsAlone } from '../jit/jitted';
import { provideOnePass } from '../jit/onePass';
import { provideAdam } from '../jit/tensorflow';
import { provideGradients } from '../jit/webgpu';
import { evaluate } from '../interpreters/evaluate';
import { withoutSideEffects } from '../jit/sideEffects';
import { sameAval, type Var } from '../core/program';
import { unflatten, type TreeDef } from '../tree';
import { leavesLike } from '../tree/match';
import { checkFunction, label } from './arguments';
import { chooseArguments } from './chosen';
import { isJitDisabled } from './disableJit';
import { flattenOutput } from './output';
import { transformed } from './results';
import type { AnyArgs, Values } from './types';

// What makes loops of programs makes them of optimizers' updates too, jitted or not.
provideOnePass();
provideAdam();
if (withWebGPU) provideGradients();

export interface JitOptions {
  /** Arguments that are part of the program, compared by identity: sizes, flags, functions. Another value retraces. */
  staticArgnums?: number | readonly number[];
}

/** A jitted function. */
export interface JittedFunction<A extends AnyArgs, Y> {
  (...args: A): Values<Y>;
  /** Frees the programs and the constants that they hold. The function can be called again and traces anew. */
  dispose(): void;
}

interface Entry {
  readonly statics: readonly unknown[];
  readonly structure: TreeDef;
  readonly inputs: readonly Var[];
  readonly jitted: Jitted;
  readonly out: TreeDef;
}

/**
 * Captures a function as a program when first called, and replays bare kernels from then on.
 *
 * It is traced again only for other shapes, types, structures of the arguments or other static arguments; every trace is kept until
 * `dispose`. What f does besides computing would happen when it is traced and not again: random ops without a key, and making, assigning
 * or disposing variables, throw. Values that it closes over are frozen, except those of variables. Random numbers come from keys: see
 * `random`.
 *
 * @param f pure; pytrees of tensors and numbers to a pytree of tensors
 * @throws Error where f asks for values (`dataSync`), draws random numbers from a hidden state (`tf.randomNormal`, also with a seed), or
 *   changes a variable
 * @example
 * ```ts
 * const norm = jit((x: tf.Tensor) => tf.sqrt(tf.sum(tf.square(x))));
 * norm(tf.tensor1d([3, 4])); // 5
 * norm.dispose();
 * ```
 */
export function jit<A extends AnyArgs, Y>(
  f: (...args: A) => Y,
  options: JitOptions = {},
): JittedFunction<A, Y> {
  checkFunction('jit', f);
  const { staticArgnums } = withDefaults('jit', options, { staticArgnums: [] });
  const name = label('jit', f);
  let entries: Entry[] = [];
  let latest: Entry | undefined;
  const call = (...args: A): Values<Y> => {
    if (isJitDisabled()) return f(...args) as Values<Y>;
    const again = latest && tensorsLike(latest, args);
    if (again && runsAlone(again)) return unflatten(latest!.out, latest!.jitted.run(again)) as Values<Y>;
    return transformed(name, () => {
      const {
        fixed: statics,
        leaves,
        structure,
        where,
        withLeaves,
      } = chooseArguments(name, args, staticArgnums, 'staticArgnums');
      const inputs = leaves.map((leaf, i) => toTraced(leaf, () => where(i)));
      const known = entries.find((entry) => matches(entry, statics, structure, inputs));
      if (known) {
        if (statics.length === 0) latest = known;
        return unflatten(known.out, known.jitted.call(inputs)) as Values<Y>;
      }

      let out!: TreeDef;
      const captured = capture(name, inputs, (tracers) => {
        const result = withoutSideEffects(name, () => f(...(withLeaves(tracers) as A)));
        const y = flattenOutput(name, result);
        out = y.structure;
        return y.leaves;
      });
      const { program, open } = captured;
      if (open.length > 0) {
        // It closed over tracers of a transformation around it, and means something only there: it runs as written, once.
        try {
          const given = new Set([...inputs, ...program.constants.values()]);
          const outputs = evaluate(program, inputs).map((t) => (given.has(t) ? clone(t) : t));
          return unflatten(out, outputs) as Values<Y>;
        } finally {
          captured.dispose();
        }
      }
      const entry: Entry = {
        statics,
        structure,
        inputs: program.inputs,
        jitted: new Jitted(name, program, captured),
        out,
      };
      entries.push(entry);
      if (entries.length === MANY) warnOfTraces(name);
      return unflatten(out, entry.jitted.call(inputs)) as Values<Y>;
    });
  };
  const dispose = (): void => {
    for (const { jitted } of entries) jitted.dispose();
    entries = [];
    latest = undefined;
  };
  return Object.assign(call, { dispose });
}

/** So many traces of one function are more likely a mistake than as many shapes. */
const MANY = 100;

function warnOfTraces(name: string): void {
  console.warn(
    `${name} has been traced ${MANY} times, each for other shapes, types, structures or static arguments, and keeps every program until ` +
      'dispose(). Pad its inputs to few shapes, or pass what changes as a tensor.',
  );
}

function toTraced(leaf: unknown, where: () => string): Tensor {
  if (typeof leaf === 'string' || typeof leaf === 'function' || typeof leaf === 'boolean') {
    throw new TypeError(
      `${where()}: expected a tensor or a number, got ${describeValue(leaf)}. Name its position in staticArgnums.`,
    );
  }
  return toTensor(leaf, where);
}

function matches(
  entry: Entry,
  statics: readonly unknown[],
  structure: TreeDef,
  inputs: readonly Tensor[],
): boolean {
  return (
    entry.statics.length === statics.length &&
    entry.statics.every((value, i) => Object.is(value, statics[i])) &&
    entry.inputs.length === inputs.length &&
    entry.inputs.every((input, i) => sameAval(input, inputs[i]!)) &&
    entry.structure.equals(structure)
  );
}

/** The arguments' leaves, if they are tensors of an entry without static arguments; undefined where there may be something to say or to make. */
function tensorsLike(entry: Entry, args: readonly unknown[]): Tensor[] | undefined {
  const leaves = leavesLike(entry.structure, args);
  if (!leaves) return undefined;
  for (let i = 0; i < leaves.length; i++) {
    const leaf = leaves[i];
    if (!(leaf instanceof Tensor) || leaf.isDisposed || !sameAval(entry.inputs[i]!, leaf)) return undefined;
  }
  return leaves as Tensor[];
}
