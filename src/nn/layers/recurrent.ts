import { concat, transpose, zeros as tfZeros, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, SIZE } from '../../core/numbers';
import { scan } from '../../lax';
import { split } from '../../random';
import { glorotUniform, orthogonal, type Initializer } from '../initializers';
import { drawn } from '../initializers/initializer';
import { checkRank, stateless, type Layer, type Nothing } from '../layer';
import { addBias } from './bias';
import { multiplyLast } from './dense';

export interface RecurrentOptions {
  /** Whether the outputs of all steps are returned, [length, units], the default, or the last one's, [units]. */
  sequences?: boolean;
  /** From the last step to the first. */
  reverse?: boolean;
  /** `glorotUniform()` by default. */
  inputInit?: Initializer;
  /** `orthogonal()` by default, for each gate. */
  recurrentInit?: Initializer;
}

/** Of {@link RecurrentOptions}. */
export const recurrentDefaults = () => ({
  sequences: true,
  reverse: false,
  inputInit: glorotUniform(),
  recurrentInit: orthogonal(),
});

export interface RecurrentParams {
  /** [n, gates * units] */
  input: Tensor;
  /** [units, gates * units] */
  recurrent: Tensor;
  /** [gates * units] */
  bias: Tensor;
}

/** What makes one kind of recurrent layer. */
export interface Cell<P extends RecurrentParams> {
  readonly gates: number;
  /** How many tensors [b, units] are carried from step to step; the first is the output. */
  readonly carries: number;
  biases(units: number): Omit<P, 'input' | 'recurrent'>;
  /** One step, from what the input contributes to the gates, [b, gates * units]. */
  step(params: P, fromInput: Tensor, carry: readonly Tensor[]): Tensor[];
}

/** A cell moved along a sequence by `lax.scan`. The input's products for all steps are one product of matrices in front of it. */
export function recurrent<P extends RecurrentParams>(
  name: string,
  units: number,
  { gates, carries, biases, step }: Cell<P>,
  options: RecurrentOptions,
): Layer<P, Nothing> {
  const { sequences, reverse, inputInit, recurrentInit } = withDefaults(name, options, recurrentDefaults());
  checkNumbers(name, { units }, SIZE);
  return stateless<P>(name, {
    init(key, inputShape) {
      checkRank(name, inputShape, 2, 'length, n');
      const [length, n] = inputShape as [number, number];
      const [forInput, ...forGates] = split(key, 1 + gates);
      const input = drawn(name, inputInit, forInput!, [n, gates * units]);
      const blocks = forGates.map((k) => drawn(name, recurrentInit, k!, [units, units]));
      const params = { input, recurrent: concat(blocks, 1), ...biases(units) } as P;
      return { params, outputShape: sequences ? [length, units] : [units] };
    },
    apply(params, x) {
      const steps = transpose(addBias(multiplyLast(x, params.input), params.bias), [1, 0, 2]);
      const rest = Array.from({ length: carries }, () => tfZeros([x.shape[0]!, units]) as Tensor);
      const [last, ys] = scan<Tensor[], Tensor, Tensor | null>(
        (carry, fromInput) => {
          const next = step(params, fromInput, carry);
          return [next, sequences ? next[0]! : null];
        },
        rest,
        steps,
        { reverse },
      );
      return ys ? transpose(ys, [1, 0, 2]) : last[0]!;
    },
    operations: ([length, n]) => 2 * length! * gates * units * (n! + units),
  });
}
