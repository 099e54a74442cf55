import { div, getBackend, util, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { provideInPlace, worksInPlace } from '../core/inPlace';
import { runKernel } from '../core/kernel';
import type { Attrs, Aval, Rule } from '../core/rule';
import { addressOf, allocate, memoryOf, withRoom } from '../wasm/memory';
import { roomForSums, sumColumns, sumRows } from '../wasm/sums';
import { reducedAxes, reducedShape } from './families/reducing';

/**
 * Sums over axes that follow each other, in the memory of the wasm backend: { x } with the attributes of Sum. tfjs's kernel transposes first unless the
 * axes are the last, and adds one by one.
 */
export const BLOCK_SUM = 'BlockSum';

/** A sum of so few goes as fast in tfjs's kernel, and so does one of many of so few. */
const FEW = 1024;
const FEW_EACH = 256;

/** x as `[outer, count, inner]`, to be summed over the middle; undefined where the axes do not follow each other. */
function layout(shape: readonly number[], axes: readonly number[]): [number, number, number] | undefined {
  const size = (from: number, to: number): number => util.sizeFromShape(shape.slice(from, to));
  const long = axes.filter((axis) => shape[axis] !== 1);
  const first = long[0] ?? shape.length;
  const last = long.at(-1) ?? first - 1;
  if (shape.some((n, axis) => axis > first && axis < last && n !== 1 && !long.includes(axis)))
    return undefined;
  return [size(0, first), size(first, last + 1), size(last + 1, shape.length)];
}

/** Whether our own kernel takes a call of Sum, and takes less time for it. */
export function isBlockSum(backend: string, x: Aval, axis: Attrs['axis']): boolean {
  if (x.dtype !== 'float32' || util.sizeFromShape(x.shape as number[]) < FEW || !worksInPlace(backend))
    return false;
  const found = layout(x.shape, reducedAxes(axis, x.shape));
  if (!found) return false;
  const [outer, count, inner] = found;
  return count > 1 && (outer === 1 || inner === 1 || count * inner >= FEW_EACH);
}

/** Where `rest` has a sum, or a mean, replaced, and where our own kernel is better. */
export function orBlockSum(
  rest: Required<Pick<Rule, 'broken' | 'polyfill'>>,
  isMean = false,
): Required<Pick<Rule, 'broken' | 'polyfill'>> {
  return {
    broken: (backend, inputs, attrs) =>
      isBlockSum(backend, inputs.x, attrs.axis) || rest.broken(backend, inputs, attrs),
    polyfill: (inputs: { x: Tensor }, attrs) => {
      const { x } = inputs;
      if (!isBlockSum(getBackend(), x, attrs.axis)) return rest.polyfill(inputs, attrs);
      const total = runKernel<Tensor>(BLOCK_SUM, inputs, attrs);
      return isMean ? div(total, x.size / total.size) : total;
    },
  };
}

/** What stands for our kernel where it can't be. */
export const insteadOfBlockSum: Required<Pick<Rule, 'broken' | 'polyfill'>> = {
  broken: (backend, { x }, attrs) => !isBlockSum(backend, x, attrs.axis),
  polyfill: ({ x }: { x: Tensor }, attrs) => runKernel('Sum', { x }, attrs),
};

function blockSum(x: TensorInfo, attrs: Attrs, backend: object): TensorInfo {
  const memory = memoryOf(backend)!;
  const axes = reducedAxes(attrs.axis, x.shape);
  const [outer, count, inner] = layout(x.shape, axes)!;
  const sum = allocate(backend, reducedShape(x.shape, axes, attrs.keepDims ?? false), 'float32');
  const [from, to] = [addressOf(backend, x), addressOf(backend, sum)];
  withRoom(backend, roomForSums(inner, inner === 1 ? outer : 0), (room) => {
    if (inner === 1 && outer > 1) return sumRows(memory, to, from, outer, count, room);
    for (let o = 0; o < outer; o++)
      sumColumns(memory, to + o * inner * 4, from + o * count * inner * 4, count, inner, room);
  });
  return sum;
}

provideInPlace(BLOCK_SUM, ({ x }, attrs, backend) => blockSum(x!, attrs, backend));
