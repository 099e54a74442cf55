import { zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { handOver } from '../core/holdings';
import { ReverseTrace } from './reverse';

/**
 * The transpose of a linear map, applied to tangents: reverse mode over the map itself, anywhere.
 *
 * @param like  tensors shaped as the map's inputs, which are the cotangents of some outputs
 * @param map   linear, from cotangents of outputs to cotangents of inputs
 * @param tangents one for each result of `map`
 * @returns for each of `like` the transposed map's result, null for zero
 */
export function transposed(
  name: string,
  like: readonly Tensor[],
  map: (cts: Tensor[]) => (Tensor | null)[],
  tangents: readonly Tensor[],
): (Tensor | null)[] {
  const trace = new ReverseTrace(name);
  try {
    const results = map(like.map((t) => trace.leaf(zerosLike(t))));
    const seeds = results.flatMap((ct, i) => {
      const edge = ct && trace.output(ct).edge;
      return edge ? [{ edge, ct: tangents[i]! }] : [];
    });
    const found = trace.backward(seeds, true);
    handOver(found.filter((t) => t !== null));
    return found;
  } finally {
    trace.dispose();
  }
}

/** The push-forward of a function for which only reverse rules exist, as the transpose of its pullback. */
export function pushForwardByReverse(
  name: string,
  primals: readonly Tensor[],
  f: (primals: Tensor[]) => Tensor[],
  tangents: readonly Tensor[],
): (Tensor | null)[] {
  const trace = new ReverseTrace(name);
  try {
    const outputs = f(primals.map((t) => trace.leaf(t))).map((y) => trace.output(y));
    return transposed(
      name,
      outputs.map(({ value }) => value),
      (cts) => {
        const seeds = outputs.flatMap(({ edge }, i) => (edge ? [{ edge, ct: cts[i]! }] : []));
        const found = trace.backward(seeds, false);
        handOver(found.filter((t) => t !== null));
        return found;
      },
      tangents,
    );
  } finally {
    trace.dispose();
  }
}
