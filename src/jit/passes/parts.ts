import type { Equation, Var } from '../../core/program';

/** Calls that run as one loop, and which of their values it stores. */
export interface Part {
  readonly calls: readonly Equation[];
  readonly outputs: readonly Var[];
}

interface Bounds {
  /** Whether a value is read by anything but these calls. */
  readonly isRead: (v: Var, inside: ReadonlySet<Equation>) => boolean;
  readonly constants: ReadonlyMap<Var, number>;
  /** How many inputs and outputs a part may have in all. */
  readonly buffers: number;
  /** Calls of one element that a part may repeat rather than read. */
  readonly scalars: ReadonlyMap<Var, Equation>;
  /** The call that makes a value where the part is to repeat it. */
  readonly repeated: (v: Var) => Equation | undefined;
}

/**
 * Elementwise calls of one shape in as few loops as their limit of inputs and outputs allows; those that nothing reads are left out. What
 * belongs together stays together: an optimizer's calls for many parameters of a shape become one loop for each parameter.
 */
export function parts(calls: readonly Equation[], bounds: Bounds): Part[] {
  const whole = partOf(calls, bounds);
  const grown = repeating(whole, bounds.repeated);
  if (fits(grown, bounds)) return grown.outputs.length > 0 ? [grown] : [];
  const found: Part[] = [];
  for (const component of components(calls)) {
    const own = partOf(component, bounds);
    if (own.outputs.length === 0) continue;
    const scalars = (v: Var): Equation | undefined => bounds.scalars.get(v);
    const ways = [repeating(own, bounds.repeated), own, repeating(own, scalars)];
    const fitting = ways.find((way) => fits(way, bounds));
    if (!fitting) found.push(...cut(own, bounds));
    else if (!merge(found, fitting, bounds)) found.push(fitting);
  }
  return found;
}

function partOf(calls: readonly Equation[], { isRead }: Bounds): Part {
  const inside = new Set(calls);
  const outputs = calls.map((call) => call.outputs[0]!).filter((v) => isRead(v, inside));
  return { calls, outputs };
}

function fits({ calls, outputs }: Part, { constants, buffers }: Bounds): boolean {
  if (buffers === Infinity) return true;
  const made = new Set(calls.map((call) => call.outputs[0]!));
  const inputs = new Set(calls.flatMap((call) => call.inputs.map(([, v]) => v)));
  let count = outputs.length;
  for (const v of inputs) if (!made.has(v) && !constants.has(v)) count++;
  return count <= buffers;
}

/** The part with calls before it that it depends on. */
function repeating(part: Part, callOf: (v: Var) => Equation | undefined): Part {
  const made = new Set(part.calls.map((call) => call.outputs[0]!));
  const before: Equation[] = [];
  const add = (v: Var): void => {
    const call = made.has(v) ? undefined : callOf(v);
    if (!call) return;
    made.add(v);
    for (const [, input] of call.inputs) add(input);
    before.push(call);
  };
  for (const { inputs } of part.calls) for (const [, v] of inputs) add(v);
  return before.length === 0 ? part : { calls: [...before, ...part.calls], outputs: part.outputs };
}

/** Calls that read each other's values, in order. */
function components(calls: readonly Equation[]): Equation[][] {
  const sets = new Map<Var, Equation[]>();
  for (const call of calls) {
    const before = new Set(call.inputs.flatMap(([, v]) => (sets.has(v) ? [sets.get(v)!] : [])));
    const [joined = [], ...others] = before;
    joined.push(...others.flat(), call);
    for (const { outputs } of [...others.flat(), call]) sets.set(outputs[0]!, joined);
  }
  const order = new Map(calls.map((call, i) => [call, i]));
  return [...new Set(sets.values())].map((set) => set.sort((a, b) => order.get(a)! - order.get(b)!));
}

/** Joins a part to another one that has room for it and shares the most inputs with it. */
function merge(found: Part[], part: Part, bounds: Bounds): boolean {
  const own = new Set(part.calls.flatMap((call) => call.inputs.map(([, v]) => v)));
  const shared = ({ calls }: Part): number =>
    new Set(calls.flatMap((call) => call.inputs.map(([, v]) => v)).filter((v) => own.has(v))).size;
  const joined = (other: Part): Part => {
    const outputs = [...other.outputs, ...part.outputs];
    // One may repeat what the other reads.
    return { calls: nearestFirst([...other.calls, ...part.calls], outputs), outputs };
  };
  const [best] = found.filter((other) => fits(joined(other), bounds)).sort((a, b) => shared(b) - shared(a));
  if (!best) return false;
  found[found.indexOf(best)] = joined(best);
  return true;
}

/** A part in pieces that fit, each as long as it can be; values that go from one to another are stored. */
function cut({ calls, outputs }: Part, bounds: Bounds): Part[] {
  const order = nearestFirst(calls, outputs);
  const found: Part[] = [];
  for (let start = 0; start < order.length;) {
    // A few calls more can need fewer buffers, so the first that does not fit is not the end.
    let end = start + 1;
    for (let to = end + 1; to <= Math.min(order.length, end + 32); to++)
      if (fits(partOf(order.slice(start, to), bounds), bounds)) end = to;
    const piece = partOf(order.slice(start, end), bounds);
    if (piece.outputs.length > 0) found.push(piece);
    start = end;
  }
  return found;
}

/** Calls in an order in which each follows what it reads as closely as possible. */
function nearestFirst(calls: readonly Equation[], outputs: readonly Var[]): Equation[] {
  const made = new Map(calls.map((call) => [call.outputs[0]!, call]));
  const order = new Set<Equation>();
  const add = (v: Var): void => {
    const call = made.get(v);
    if (!call || order.has(call)) return;
    for (const [, input] of call.inputs) add(input);
    order.add(call);
  };
  outputs.forEach(add);
  return [...order];
}
