import { div, getBackend, util, type Tensor } from '@tensorflow/tfjs-core';
import { provideInPlace, provideInWorkspace, worksInPlace, type InPlace } from '../core/inPlace';
import { runKernel } from '../core/kernel';
import type { Attrs, Aval, Rule } from '../core/rule';
import { floatBytes } from '../wasm/bytes';
import { addressOf, allocate, memoryOf, withRoom } from '../wasm/memory';
import { reduceColumns, reduceRows, roomForColumns, type Reducer } from '../wasm/reductions';
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
export const isBlockSum = (backend: string, x: Aval, axis: Attrs['axis']): boolean =>
  isBlocks(x, axis) && worksInPlace(backend);

/** Large float32, over axes that follow each other. */
function isBlocks(x: Aval, axis: Attrs['axis']): boolean {
  if (x.dtype !== 'float32' || util.sizeFromShape(x.shape as number[]) < FEW) return false;
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

const reduceBlocks =
  (reducer: Reducer, axisAttr: 'axis' | 'reductionIndices'): InPlace =>
  ({ x }, attrs, backend) => {
    const memory = memoryOf(backend)!;
    const { shape } = x!;
    const axes = reducedAxes(attrs[axisAttr], shape);
    const [outer, count, inner] = layout(shape, axes)!;
    const result = allocate(backend, reducedShape(shape, axes, attrs.keepDims ?? false), 'float32');
    const [from, to] = [addressOf(backend, x!), addressOf(backend, result)];
    if (inner === 1) reduceRows(reducer, memory, to, from, outer, count);
    else
      withRoom(backend, roomForColumns(inner), (room) => {
        for (let o = 0; o < outer; o++)
          reduceColumns(
            reducer,
            memory,
            to + o * inner * floatBytes,
            from + o * count * inner * floatBytes,
            count,
            inner,
            room,
          );
      });
    return result;
  };

provideInPlace(BLOCK_SUM, reduceBlocks('sum', 'axis'), true);
for (const [kernel, reducer, axisAttr] of [
  ['Max', 'max', 'reductionIndices'],
  ['Min', 'min', 'axis'],
] as const)
  provideInWorkspace(kernel, {
    compute: reduceBlocks(reducer, axisAttr),
    takes: ({ x }, attrs) => isBlocks(x!, attrs[axisAttr]),
    isFixed: true,
  });
