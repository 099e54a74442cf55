import { engine } from './engine';
import { watchMade } from './madeTensors';

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

/**
 * Runs a function that must give the same again when it is run again, or whose numbers would be frozen: ops that draw from a hidden state are refused.
 *
 * @param refusal the error for an op, by its name
 */
export function withoutHiddenRandomness<T>(refusal: (op: string) => Error, body: () => T): T {
  return watchMade((make) => {
    const op = engine().state.activeScope?.name;
    if (RANDOM_OPS.has(op)) throw refusal(op!.replace('__op', ''));
    return make();
  }, body);
}
