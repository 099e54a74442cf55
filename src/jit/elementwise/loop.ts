import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Equation, Var } from '../../core/program';
import { inKind, operand, primitivesOf, type Expression, type Kind, type Primitive } from './expression';
import { KERNELS } from './kernels';

/** Elementwise kernel calls of one shape, that run as one loop: what a 'TractLoop' equation carries. Its inputs and outputs are those of the loop. */
export interface Loop {
  readonly calls: readonly Equation[];
  readonly shape: readonly number[];
  /** Values of one element that are known when the program is compiled: no inputs of the equation. */
  readonly constants: ReadonlyMap<Var, number>;
  /** Inputs that are JavaScript numbers at each call, behind those that are tensors. */
  readonly numbers?: ReadonlySet<Var>;
}

/** A loop on a backend, over axes of these sizes: outputs of one shape from inputs in the order of the plan. */
export type LoopCall = (
  backend: object,
  inputs: readonly (TensorInfo | number)[],
  shape: readonly number[],
  sizes: readonly number[],
) => TensorInfo[];

/** A loop as every target needs it. */
export interface LoopPlan {
  /** The axes, neighbours joined where all inputs go on alike along them; empty for one element. */
  readonly sizes: readonly number[];
  /** The equation's inputs, then constants. */
  readonly inputs: readonly LoopInput[];
  /**
   * Values of an element, in order of computation. Operand `i` of an expression is input i where there are so many, else statement
   * `i - inputs.length`.
   */
  readonly statements: readonly Statement[];
  /** Which statement each output is. */
  readonly outputs: readonly number[];
}

/** A value to be rounded to float32, or a truth. */
export interface Statement {
  readonly expression: Expression;
  readonly kind: Kind;
}

export interface LoopInput {
  readonly kind: Kind;
  /** Elements to go on by along each axis: 0 where the input is repeated. */
  readonly strides: readonly number[];
  /** Of a constant. */
  readonly value?: number;
  /** A number that comes with each call, in place of a tensor. */
  readonly isNumber?: boolean;
}

/**
 * Whether a call can be part of a loop.
 *
 * @param has      which primitives the target has
 * @param integers whether it reads integers, where numbers are made of them
 */
export function isElementwise(
  equation: Equation,
  has: (primitive: Primitive) => boolean,
  integers = false,
): boolean {
  const { kernel, inputs, outputs } = equation;
  const found = Object.hasOwn(KERNELS, kernel) && KERNELS[kernel];
  if (!found || inputs.length !== found.inputs.length) return false;
  const known = ({ dtype }: Var): boolean => dtype === 'float32' || dtype === 'bool';
  const isRead = (v: Var): boolean =>
    known(v) || (integers && v.dtype === 'int32' && outputs[0]!.dtype === 'float32');
  if (!inputs.every(([, v]) => isRead(v)) || !known(outputs[0]!)) return false;
  const sameShape = ({ shape }: Var): boolean =>
    util.arraysEqual(shape as number[], outputs[0]!.shape as number[]);
  if (found.sameShapes && !inputs.every(([, v]) => sameShape(v))) return false;
  const lead = (v: Var): number => outputs[0]!.shape.length - v.shape.length;
  const broadcasts = (v: Var): boolean =>
    v.shape.every((n, axis) => n === 1 || n === outputs[0]!.shape[lead(v) + axis]);
  if (found.broadcasts && !inputs.every(([, v]) => broadcasts(v))) return false;
  const operands = operandsOf(equation);
  return primitivesOf(expressionOf(equation, (v) => operands.indexOf(v))).every(has);
}

export function planOf({ inputs, outputs, attrs }: Equation): LoopPlan {
  const { calls, shape, constants, numbers } = attrs.loop as Loop;
  const sources = [...inputs.map(([, v]) => v), ...constants.keys()];
  const { sizes, strides } = collapse(shape, sources);
  const indices = new Map([...sources, ...calls.map((call) => call.outputs[0]!)].map((v, i) => [v, i]));
  return {
    sizes,
    inputs: sources.map((v, i) => ({
      kind: kindOfVar(v),
      strides: strides[i]!,
      ...(constants.has(v) && { value: constants.get(v)! }),
      ...(numbers?.has(v) && { isNumber: true }),
    })),
    statements: calls.map((call) => ({
      expression: expressionOf(call, (v) => indices.get(v)!),
      kind: kindOfVar(call.outputs[0]!),
    })),
    outputs: outputs.map((v) => indices.get(v)! - sources.length),
  };
}

/** A call as an expression of the values that `index` numbers. */
function expressionOf(equation: Equation, index: (v: Var) => number): Expression {
  const operands = operandsOf(equation).map((v) => operand(index(v), kindOfVar(v)));
  return inKind(kindOfVar(equation.outputs[0]!), KERNELS[equation.kernel]!.define(operands, equation.attrs));
}

function operandsOf({ kernel, inputs }: Equation): Var[] {
  return KERNELS[kernel]!.inputs.map((name) => inputs.find(([key]) => key === name)![1]);
}

const kindOfVar = ({ dtype }: Var): Kind => (dtype === 'bool' ? 't' : 'n');

/** The axes of a loop, and each input's stride along them, zero where it is repeated. */
function collapse(
  shape: readonly number[],
  inputs: readonly Var[],
): { sizes: number[]; strides: number[][] } {
  const sizes: number[] = [];
  const strides: number[][] = inputs.map(() => []);
  const full = inputs.map((v) => {
    const lead = shape.length - v.shape.length;
    let stride = 1;
    const found = new Array<number>(shape.length).fill(0);
    for (let axis = shape.length - 1; axis >= lead; axis--) {
      const size = v.shape[axis - lead]!;
      found[axis] = size === 1 ? 0 : stride;
      stride *= size;
    }
    return found;
  });
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis]!;
    if (size === 1) continue;
    // Two axes are one where going round the second moves every input as a step of the first does.
    const joins = sizes.length > 0 && full.every((own, i) => strides[i]!.at(-1) === own[axis]! * size);
    if (joins) sizes[sizes.length - 1]! *= size;
    else sizes.push(size);
    full.forEach((own, i) => {
      if (joins) strides[i]![strides[i]!.length - 1] = own[axis]!;
      else strides[i]!.push(own[axis]!);
    });
  }
  return { sizes, strides };
}
