import { add, broadcast_util, type DataType, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule, type Aval, type Cotangent, type Named, type Rule } from '../../core/rule';
import { elementwiseBatch } from './batching';
import { broadcastLike, sumTo } from './broadcast';
import { broadcastRightly, isMisbroadcast } from './lowRank';

/** Values that a formula reads: operands by name, and the output `y`. Only those that it says it reads are there. */
type Values<Operand extends string> = Record<Operand | 'y', Tensor>;

/** One operand's term of the differential: the values it reads, and the partial derivative times t, for a tangent or cotangent t. */
export type Term<Operand extends string> = readonly [
  reads: readonly (NoInfer<Operand> | 'y')[],
  d: (t: Tensor, values: Values<NoInfer<Operand>>) => Tensor,
];

/**
 * An elementwise kernel of two operands that broadcast against each other. Along each operand its Jacobian is diagonal, up to
 * broadcasting, whose transpose is a sum: one formula per operand is the rule of every mode.
 *
 * @param terms by operand, in the order of the kernel's inputs
 * @param rest  the output's type, where it isn't the first operand's, and what replaces the kernel beyond what they all have
 */
export function binary<Operand extends string>(
  kernel: string,
  terms: Record<Operand, Term<Operand>>,
  { dtype, ...rest }: { dtype?: DataType } & Pick<Rule, 'broken' | 'polyfill'> = {},
): void {
  const operands = Object.keys(terms) as Operand[];
  defineRule(kernel, {
    vjp: Object.fromEntries(operands.map((operand) => [operand, cotangent(operand, terms[operand])])),
    jvp: ({ inputs, outputs, tangents }) => {
      const values = { ...inputs, y: outputs[0] } as Values<Operand>;
      const parts = operands.flatMap((operand) => {
        const tangent = tangents[operand];
        return tangent ? [terms[operand][1](tangent, values)] : [];
      });
      return broadcastLike(parts.length === 2 ? add(parts[0]!, parts[1]!) : parts[0]!, values.y.shape);
    },
    batch: elementwiseBatch,
    shape: ({ inputs }) => ({
      shape: broadcastShapes(inputs),
      dtype: dtype ?? inputs[operands[0]!]!.dtype,
    }),
    broken: isMisbroadcast,
    polyfill: (inputs: Named<Tensor>, attrs) => broadcastRightly(kernel, inputs, attrs),
    ...rest,
  });
}

function cotangent<Operand extends string>(operand: Operand, [reads, d]: Term<Operand>): Cotangent {
  // A term that reads nothing is a constant times t: the sum comes first, of which less is left.
  if (reads.length === 0)
    return { pull: (ct, { avals }) => d(sumTo(ct, avals[operand]!.shape), {} as Values<Operand>) };
  return {
    reads: reads.filter((name) => name !== 'y'),
    ...(reads.includes('y') && { readsOutputs: [0] }),
    pull: (ct, { inputs, outputs, avals }) =>
      sumTo(d(ct, { ...inputs, y: outputs[0] } as Values<Operand>), avals[operand]!.shape),
  };
}

/** The shape to which all operands broadcast. */
export function broadcastShapes(inputs: Named<Aval>): number[] {
  return Object.values(inputs).reduce<number[]>(
    (shape, input) => broadcast_util.assertAndGetBroadcastShape(shape, input.shape as number[]),
    [],
  );
}
