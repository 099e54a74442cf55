import { cast, getBackend, reshape, upcastType, zeros, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule, type Aval, type BatchCall, type Batching, type Named } from '../core/rule';
import { exampleShape, withBatch } from './families/batching';
import { broadcastShapes } from './families/binary';
import { broadcastLike, sumTo } from './families/broadcast';
import { isHighOnGPU } from './families/webgpu';

/*
 * y = condition ? t : e, all of one shape, or a list of truth values that picks rows. What is not picked gets exactly zero, also from an
 * infinite cotangent, so a product with 0 and 1 won't do.
 */
defineRule('Select', {
  vjp: {
    t: {
      reads: ['condition'],
      pull: (ct, { inputs, avals }) => sumTo(select(inputs.condition!, ct, zerosLike(ct)), avals.t!.shape),
    },
    e: {
      reads: ['condition'],
      pull: (ct, { inputs, avals }) => sumTo(select(inputs.condition!, zerosLike(ct), ct), avals.e!.shape),
    },
  },
  jvp: ({ inputs, tangents: { t, e } }) => {
    const zero = zerosLike((t ?? e)!);
    return select(inputs.condition!, t ?? zero, e ?? zero);
  },
  shape: ({ inputs }) => ({ shape: shapeOf(inputs), dtype: upcastType(inputs.t!.dtype, inputs.e!.dtype) }),
  // wasm's kernel (4.22) takes truth values for four bytes long, and writes past its result.
  broken: (backend, inputs: Named<Tensor>) =>
    isHighOnGPU(backend, inputs.t!) ||
    (backend === 'wasm' && inputs.t!.dtype === 'bool') ||
    shapeOf(inputs).includes(0),
  polyfill: (inputs: Named<Tensor>) => {
    const { condition, t, e } = inputs;
    const shape = shapeOf(inputs);
    if (shape.includes(0)) return zeros(shape, upcastType(t!.dtype, e!.dtype));
    if (getBackend() === 'wasm')
      return cast(select(condition!, cast(t!, 'int32'), cast(e!, 'int32')), 'bool');
    // Rows of elements, of one element each where every element has its own truth value.
    const rows = [condition!.size, -1];
    const y = select(reshape(condition!, [condition!.size, 1]), reshape(t!, rows), reshape(e!, rows));
    return reshape(y, t!.shape);
  },
});

/** That of t, but tf.where leaves an axis of one as it is that should have no elements (see broadcastLike). */
function shapeOf({ condition, t, e }: Named<Aval>): number[] {
  return broadcastShapes(
    condition!.shape.length < t!.shape.length ? { t: t!, e: e! } : { condition: condition!, t: t!, e: e! },
  );
}

function select(condition: Tensor, t: Tensor, e: Tensor): Tensor {
  return runKernel('Select', { condition, t, e });
}

function selectBatch({ inputs, size }: BatchCall): Tensor {
  const t = withBatch(inputs.t!, size);
  const e = withBatch(inputs.e!, size);
  const condition = inputs.condition!;
  const rank = t.rank - 1;
  // One truth value for each row of the examples: with the mapped axis in front it no longer says so by its rank.
  const rows = exampleShape(condition);
  const value = condition.batched ? condition.value : reshape(condition.value, [1, ...rows]);
  const aligned = reshape(value, [...value.shape, ...Array<number>(rank - rows.length).fill(1)]);
  return select(aligned.size === 0 ? aligned : broadcastLike(aligned, t.shape), t, e);
}

export const batching: Batching = () => ({ Select: selectBatch });
