import type { Tensor } from '@tensorflow/tfjs-core';
import { engine, type Engine } from './engine';

type Maker = Engine & { makeTensor?: (...args: unknown[]) => Tensor };

/** Ops that draw on the host, with a hidden state: they make tensors of values and call no kernel. `tf.dropout` draws through these. */
const RANDOM_OPS = new Set<string | undefined>(
  [
    'randomNormal',
    'randomUniform',
    'randomUniformInt',
    'randomStandardNormal',
    'randomGamma',
    'truncatedNormal',
    'rand',
  ].map((op) => `${op}__op`),
);

const refusals: ((op: string) => Error)[] = [];
/** Somebody who watches what is made: see provenance.ts. */
let outer: PropertyDescriptor | undefined;

/**
 * Runs a function that must give the same again when it is run again, or whose numbers would be frozen: ops that draw from a hidden state are refused.
 *
 * @param refusal the error for an op, by its name
 */
export function withoutHiddenRandomness<T>(refusal: (op: string) => Error, body: () => T): T {
  const eng = engine() as Maker;
  if (refusals.push(refusal) === 1) {
    outer = Object.getOwnPropertyDescriptor(eng, 'makeTensor');
    const make = (eng as Required<Maker>).makeTensor;
    eng.makeTensor = (...args) => {
      const op = eng.state.activeScope?.name;
      if (RANDOM_OPS.has(op)) throw refusals.at(-1)!(op!.replace('__op', ''));
      return make.apply(eng, args);
    };
  }
  try {
    return body();
  } finally {
    refusals.pop();
    if (refusals.length === 0) {
      if (outer) Object.defineProperty(eng, 'makeTensor', outer);
      else delete eng.makeTensor;
    }
  }
}
