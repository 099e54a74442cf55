import {
  add,
  all,
  any,
  equal,
  fill,
  gatherND,
  getBackend,
  getKernel,
  greater,
  logicalAnd,
  logicalNot,
  ones,
  range,
  registerKernel,
  reshape,
  scalar,
  scatterND,
  sum,
  util,
  where,
  zerosLike,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import { provideKernels } from '../../core/ownKernels';
import { defineRule, type BatchCall, type Batching, type Named } from '../../core/rule';
import { exampleShape, withBatch } from '../families/batching';
import { broadcastLike } from '../families/broadcast';
import { isOnGPU } from '../families/webgpu';
import { withExampleNumber } from './offsets';

/*
 * y is a tensor of one value, but for slices at index vectors, which come from a list: the last of those that name the same place.
 * What is overwritten has no derivative, neither the value below nor an earlier slice.
 */
defineRule('SparseToDense', {
  vjp: {
    sparseValues: {
      reads: ['sparseIndices'],
      pull: (ct, { inputs, avals }) => {
        const indices = vectors(inputs.sparseIndices!);
        const rows = gatherND(ct, indices);
        const last = alongSlices(areLast(indices, ct.shape), rows);
        const kept = where(last, rows, zerosLike(rows));
        const { shape } = avals.sparseValues!;
        return shape.length === 0 ? sum(kept) : reshape(kept, [...shape]);
      },
    },
    defaultValue: {
      reads: ['sparseIndices'],
      pull: (ct, { inputs, avals }) => {
        const hidden = areOverwritten(vectors(inputs.sparseIndices!), ct.shape);
        return reshape(sum(where(hidden, zerosLike(ct), ct)), [...avals.defaultValue!.shape]);
      },
    },
  },
  jvp: ({ kernel, inputs: { sparseIndices, sparseValues, defaultValue }, tangents, attrs }) =>
    runKernel(
      kernel,
      {
        sparseIndices,
        sparseValues: tangents.sparseValues ?? zerosLike(sparseValues!),
        defaultValue: tangents.defaultValue ?? zerosLike(defaultValue!),
      },
      attrs,
    ),
  shape: ({ inputs, attrs }) => ({ shape: attrs.outputShape, dtype: inputs.defaultValue!.dtype }),
  // TensorFlow's kernel takes places only in order, and each once; its update of a tensor does not mind. Of a place named twice webgl's kernel
  // (4.22) adds the slices, and webgpu's keeps whichever it wrote last.
  broken: (backend) => backend === 'tensorflow' || isOnGPU(backend),
  polyfill: ({ sparseIndices, sparseValues, defaultValue }: Named<Tensor>, { outputShape }) => {
    const indices = vectors(sparseIndices!);
    const [n, k] = indices.shape as [number, number];
    const tensor = broadcastLike(defaultValue!, outputShape);
    const updates = broadcastLike(sparseValues!, [n, ...(outputShape as number[]).slice(k)]);
    if (!isOnGPU(getBackend())) return runKernel(OVERWRITTEN, { tensor, indices, updates });
    // A sum over slices of which all but the last are zeros.
    const last = areLast(indices, outputShape);
    return where(
      areOverwritten(indices, outputShape),
      scatterND(indices, where(alongSlices(last, updates), updates, zerosLike(updates)), outputShape),
      tensor,
    );
  },
});

// TensorFlow's TensorScatterUpdate by a name of its own, for the programs of jit: the kernel's name stands for a composition of SparseToDense.
const OVERWRITTEN = 'OverwrittenTensor';
defineRule(OVERWRITTEN, { own: true, constant: true, shape: ({ inputs }) => inputs.tensor! });
provideKernels((backendName) => {
  const native = backendName === 'tensorflow' && getKernel('TensorScatterUpdate', backendName);
  if (native) registerKernel({ ...native, kernelName: OVERWRITTEN });
});

// The same over a whole tensor. tfjs's kernel for cpu (4.22) writes into the tensor it is given; those of graphics cards are as above.
defineRule('TensorScatterUpdate', {
  broken: (backend) => backend === 'cpu' || isOnGPU(backend),
  decompose: ({ tensor, indices, updates }: Named<Tensor>) => {
    const flat = vectors(indices!);
    const { shape } = tensor!;
    const slices = reshape(updates!, [flat.shape[0]!, ...shape.slice(flat.shape[1])]);
    return where(areOverwritten(flat, shape), overwrite(flat, slices, shape), tensor!);
  },
});

/** Index vectors as a list, `[n, k]`; plain numbers are indices of one entry. */
function vectors(indices: Tensor): Tensor {
  if (indices.rank < 2) return reshape(indices, [indices.size, 1]);
  const k = indices.shape.at(-1)!;
  return reshape(indices, [util.sizeFromShape(indices.shape.slice(0, -1)), k]);
}

/** Slices `[n, ...]` in a tensor of zeros. */
function overwrite(indices: Tensor, slices: Tensor, shape: readonly number[], below = 0): Tensor {
  const { dtype } = slices;
  return runKernel(
    'SparseToDense',
    { sparseIndices: indices, sparseValues: slices, defaultValue: scalar(below, dtype as 'int32') },
    { outputShape: shape },
  );
}

/** Which entries of a tensor of this shape the index vectors name: bool, of the same shape. */
function areOverwritten(indices: Tensor, shape: readonly number[]): Tensor {
  const [n, k] = indices.shape as [number, number];
  const named = greater(scatterND(indices, ones([n]), shape.slice(0, k)), 0);
  return broadcastLike(reshape(named, [...shape.slice(0, k), ...shape.slice(k).map(() => 1)]), shape);
}

/** A truth value for each slice, along all of it. */
function alongSlices(truths: Tensor, slices: Tensor): Tensor {
  return broadcastLike(
    reshape(
      truths,
      slices.shape.map((d, i) => (i === 0 ? d : 1)),
    ),
    slices.shape,
  );
}

/** Which index vectors no later one repeats: bool `[n]`. */
function areLast(indices: Tensor, shape: readonly number[]): Tensor {
  const [n, k] = indices.shape as [number, number];
  const numbers = range(0, n, 1, 'int32');
  if (isOnGPU(getBackend())) {
    // No kernel keeps the last: each is compared with all.
    const isSame = all(equal(reshape(indices, [n, 1, k]), reshape(indices, [1, n, k])), 2);
    const isLater = greater(reshape(numbers, [1, n]), reshape(numbers, [n, 1]));
    return logicalNot(any(logicalAnd(isSame, isLater), 1));
  }
  return equal(gatherND(overwrite(indices, numbers, shape.slice(0, k), -1), indices), numbers);
}

function batch({ kernel, inputs, size, attrs }: BatchCall): Tensor {
  const { sparseIndices, sparseValues, defaultValue } = inputs;
  const { value, batched } = sparseIndices!;
  const each = exampleShape(sparseIndices!);
  const list = each.length === 2 ? each : [util.sizeFromShape(each), 1];
  const indices = vectors(
    withExampleNumber({ batched, value: reshape(value, [...(batched ? [size] : []), ...list]) }, size),
  );
  const values = withBatch(sparseValues!, size);
  const slices =
    values.rank === 1
      ? reshape(broadcastLike(reshape(values, [size, 1]), [size, list[0]!]), [-1])
      : reshape(values, [size * list[0]!, ...values.shape.slice(2)]);
  const shape = [size, ...(attrs.outputShape as number[])];
  const below = defaultValue!;
  if (!below.batched)
    return runKernel(
      kernel,
      { sparseIndices: indices, sparseValues: slices, defaultValue: below.value },
      { outputShape: shape },
    );
  const own = reshape(below.value, [size, ...shape.slice(1).map(() => 1)]);
  return where(
    areOverwritten(indices, shape),
    overwrite(indices, slices, shape),
    add(fill(shape, 0, own.dtype), own),
  );
}

export const batching: Batching = () => ({ SparseToDense: batch });
