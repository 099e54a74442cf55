import type { Equation, Var } from '../../core/program';
import { aligned, bytesPer } from '../../wasm/workspace';
import { isView, sizeOf, type Region } from './region';

/** Where the values of a region lie, and how many bytes they take in all. */
export interface Layout {
  readonly addresses: ReadonlyMap<Var, number>;
  readonly bytes: number;
}

/** Lays values out so that each has the place of others that nothing reads any more: the first gap that is large enough. */
export function layoutOf({ inputs, outputs, attrs }: Equation): Layout {
  const { calls } = attrs.region as Region;
  const roots = new Map<Var, Var>();
  const root = (v: Var): Var => roots.get(v) ?? v;
  const last = new Map<Var, number>();
  for (const [, v] of inputs) last.set(v, 0);
  calls.forEach((call, i) => {
    for (const [, v] of call.inputs) last.set(root(v), i);
    if (isView(call)) roots.set(call.outputs[0]!, root(call.inputs[0]![1]));
    else for (const v of call.outputs) last.set(v, i);
  });
  for (const v of outputs) last.set(root(v), calls.length);

  const addresses = new Map<Var, number>();
  let taken: { from: number; to: number; until: number }[] = [];
  let bytes = 0;
  const take = (v: Var): void => {
    const size = aligned(sizeOf(v) * bytesPer(v.dtype));
    let from = 0;
    let at = 0;
    for (; at < taken.length && taken[at]!.from - from < size; at++) from = taken[at]!.to;
    taken.splice(at, 0, { from, to: from + size, until: last.get(v)! });
    addresses.set(v, from);
    bytes = Math.max(bytes, from + size);
  };
  for (const [, v] of inputs) take(v);
  calls.forEach((call, i) => {
    if (isView(call)) addresses.set(call.outputs[0]!, addresses.get(call.inputs[0]![1])!);
    else call.outputs.forEach(take);
    taken = taken.filter(({ until }) => until > i);
  });
  return { addresses, bytes };
}
