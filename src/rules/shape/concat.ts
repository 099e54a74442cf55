import { concat, reshape, stack, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule, type Aval, type Named, type Pushforward } from '../../core/rule';
import { withBatch } from '../families/batching';
import { byParts } from '../families/complexParts';
import { behindBatch, replaced } from './axes';
import { cutOut } from './margins';

// Each input's cotangent is its part of ct.
defineRule('Concat', {
  vjp: (position) => ({
    pull: (ct, { avals, attrs }) => {
      const inputs = listed(avals);
      const { shape } = avals[position]!;
      const axis = fromFront(attrs.axis, shape.length);
      const before = inputs.slice(0, Number(position)).reduce((sum, input) => sum + input.shape[axis]!, 0);
      return part(ct, axis, before, shape[axis]!);
    },
  }),
  jvp: (push) => concat(tangentsOf(push), push.attrs.axis),
  batch: ({ inputs, attrs, size }) =>
    concat(
      listed(inputs).map((input) => withBatch(input, size)),
      behindBatch(attrs.axis),
    ),
  shape: ({ inputs, attrs }) => {
    const list = listed(inputs);
    const { shape, dtype } = list[0]!;
    const axis = fromFront(attrs.axis, shape.length);
    const length = list.reduce((sum, input) => sum + input.shape[axis]!, 0);
    return { shape: replaced(shape, axis, length), dtype };
  },
});

defineRule('Pack', {
  vjp: (position) => ({
    pull: (ct, { avals, attrs }) => {
      const { shape } = avals[position]!;
      const axis = fromFront(attrs.axis, shape.length + 1);
      return reshape(part(ct, axis, Number(position), 1), [...shape]);
    },
  }),
  jvp: (push) => stack(tangentsOf(push), push.attrs.axis),
  batch: ({ inputs, attrs, size }) =>
    stack(
      listed(inputs).map((input) => withBatch(input, size)),
      behindBatch(attrs.axis),
    ),
  shape: ({ inputs, attrs }) => {
    const list = listed(inputs);
    const { shape, dtype } = list[0]!;
    return { shape: shape.toSpliced(fromFront(attrs.axis, shape.length + 1), 0, list.length), dtype };
  },
});

/** The inputs of a kernel that takes a list, in their order. */
function listed<T>(inputs: Named<T>): T[] {
  return Object.values(inputs);
}

function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** `length` places from `begin` on along one axis; also of complex tensors, which Slice refuses. */
function part(t: Tensor, axis: number, begin: number, length: number): Tensor {
  const begins = t.shape.map((_, i) => (i === axis ? begin : 0));
  return byParts(t, (real) => cutOut(real, begins, replaced(t.shape, axis, length)));
}

/** The tangents of all inputs, zeros for those that have none. */
function tangentsOf({ inputs, tangents, outputs }: Pushforward): Tensor[] {
  return Object.keys(inputs).map(
    (position) =>
      tangents[position] ?? zeros((inputs[position] as Aval).shape as number[], outputs[0]!.dtype),
  );
}
