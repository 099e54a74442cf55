import {
  add,
  cast,
  concat,
  cumsum,
  gather,
  getBackend,
  getKernel,
  mul,
  ones,
  range,
  reshape,
  scalar,
  scatterND,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule, type Attrs, type Aval } from '../core/rule';
import { traceOf } from '../core/tracer';
import { broadcastLike } from './families/broadcast';
import { scatterRows } from './indexing/gather';
import { layoutOf } from './indexing/layout';

/*
 * Kernels of ragged tensors place rows of their values; where is up to the splits, which they read as numbers. So the kernel places the
 * rows' numbers, and the values follow by a gather, which has all rules.
 */

interface RaggedGatherInputs {
  paramsNestedSplits: Tensor[];
  paramsDenseValues: Tensor;
  indices: Tensor;
}

defineRule('RaggedGather', {
  decompose: ({ paramsNestedSplits, paramsDenseValues, indices }: RaggedGatherInputs, attrs: Attrs) => {
    checkConcrete('RaggedGather', [...paramsNestedSplits, indices]);
    const numbers = range(0, paramsDenseValues.shape[0]!, 1, 'int32');
    const placed = runKernel<Tensor[]>(
      'RaggedGather',
      { paramsNestedSplits, paramsDenseValues: numbers, indices } as never,
      attrs,
    );
    return [...placed.slice(0, -1), gather(paramsDenseValues, placed.at(-1) as Tensor1D)];
  },
});

interface RaggedTensorToTensorInputs {
  shape: Tensor;
  values: Tensor;
  defaultValue: Tensor;
  rowPartitionTensors: Tensor[];
}

defineRule('RaggedTensorToTensor', {
  // cpu's kernel leaves zeros where the default value is more than one number.
  broken: (backend, { defaultValue }: RaggedTensorToTensorInputs) =>
    backend === 'cpu' && defaultValue.size > 1,
  decompose: (
    { shape, values, defaultValue, rowPartitionTensors }: RaggedTensorToTensorInputs,
    attrs: Attrs,
  ) => {
    checkConcrete('RaggedTensorToTensor', [shape, ...rowPartitionTensors]);
    const inner = values.shape.slice(1);
    const outer = shape.rank === 0 ? shape : slice(shape, 0, shape.size - inner.length);
    // Row 0 is the default value.
    const numbers = runKernel(
      'RaggedTensorToTensor',
      {
        shape: outer,
        values: range(1, values.shape[0]! + 1, 1, 'int32'),
        defaultValue: scalar(0, 'int32'),
        rowPartitionTensors,
      } as never,
      attrs,
    );
    const rows = concat([reshape(broadcastLike(defaultValue, inner), [1, ...inner]), values], 0);
    return gather(rows, numbers as Tensor1D);
  },
});

/** The kernel itself runs on plain numbers, or there is none to run. */
function checkConcrete(kernel: string, tensors: Tensor[]): void {
  if (!getKernel(kernel, getBackend()))
    throw new Error(`Kernel ${kernel} is not registered for backend ${getBackend()}.`);
  const tracer = tensors.find((t) => traceOf(t));
  if (tracer)
    throw new Error(
      `${traceOf(tracer)!.name}: kernel ${kernel} can't be captured or mapped over its splits, indices or shapes: ` +
        'the shape of its output depends on their values.',
    );
}

/*
 * Row r holds starts[r] + k deltas[r] for k = 0, 1, ... up to its limit, which only says how many.
 */
defineRule('RaggedRange', {
  vjp: {
    starts: {
      readsOutputs: [0],
      pull: (_, { outputs, avals }, cts) => perRow(cts[1]!, outputs[0]!, avals.starts!),
    },
    deltas: {
      readsOutputs: [0],
      pull: (_, { outputs, avals }, cts) => {
        const [, k] = rowsAndSteps(outputs[0]!, cts[1]!.size);
        return perRow(mul(cts[1]!, k), outputs[0]!, avals.deltas!);
      },
    },
  },
  jvp: ({ tangents: { starts, deltas }, outputs: [splits, values] }) => {
    const [rows, k] = rowsAndSteps(splits!, values!.size);
    const spread = (t: Tensor): Tensor => (t.rank === 0 ? t : gather(t, rows as Tensor1D));
    const first = starts && spread(starts);
    const steps = deltas && mul(spread(deltas), k);
    const tangent = first && steps ? add(first, steps) : (first ?? steps);
    return [null, tangent ? broadcastLike(tangent, values!.shape) : null];
  },
  uncapturable: 'how many numbers there are depends on the limits',
});

/** For each value its row (int32) and its place k in the row (float32). */
function rowsAndSteps(splits: Tensor, size: number): [rows: Tensor, k: Tensor] {
  const ends = slice(splits, 1);
  const begun = scatterND(reshape(ends, [-1, 1]), ones([ends.size]), [size + 1]);
  const rows = cast(slice(cumsum(begun), 0, size), 'int32');
  return [rows, cast(sub(range(0, size, 1, 'int32'), gather(splits, rows as Tensor1D)), 'float32')];
}

function perRow(ct: Tensor, splits: Tensor, { shape }: Aval): Tensor {
  if (shape.length === 0) return sum(ct);
  const [rows] = rowsAndSteps(splits, ct.size);
  return reshape(scatterRows(ct, rows, layoutOf(shape, 0, 0)), [...shape]);
}
