import {
  advance,
  assemble,
  call,
  get,
  int,
  set,
  when,
  whileLess,
  type Code,
  type Func,
} from '../../wasm/assembler';
import { bits, floats, ints } from '../../wasm/vector';
import type { Expression, Kind, LoopPlan } from '../elementwise';
import { bytesPer, load, loadPart, splat, store, storePart } from './lanes';
import { besideConstant, primitive } from './primitives';

/** Bytes of code up to which four vectors are computed at each turn: few operations take no longer than the turn itself. */
const SHORT = 200;

/**
 * A loop as a WebAssembly module. Its function `run` takes the addresses of inputs (of a number, its bits) and outputs and the sizes of the
 * axes (one at least), so that a module serves every shape that broadcasts alike.
 *
 * Addresses go on from element to element. Along an axis where an input is repeated, its address goes back to where the axis began, and
 * after the axis it is past what was read, so that no strides are needed.
 */
export function assembleLoop({ sizes, inputs, statements, outputs }: LoopPlan): Uint8Array<ArrayBuffer> {
  const axes = Math.max(sizes.length, 1);
  const functions: Func[] = [];
  const indexOf = (func: Func): number => {
    const found = functions.indexOf(func);
    return found >= 0 ? found : functions.push(func) - 1;
  };

  // Constants come last, and have no address.
  const read = inputs.filter(({ value }) => value === undefined);
  // Locals: parameters, counters and starts of axes, then vectors.
  const outputAt = read.length;
  const sizeAt = outputAt + outputs.length;
  const parameters = sizeAt + axes;
  const count = (axis: number): number => parameters + axis;
  const end = parameters + axes;
  let next = end + 1;
  const starts = new Map<string, number>();
  const steps = (input: number, axis: number): boolean => (inputs[input]!.strides[axis] ?? 0) > 0;
  const last = axes - 1;
  read.forEach(({ strides }, i) => {
    for (let axis = 0; axis < last; axis++)
      if (!steps(i, axis) && strides.slice(axis + 1).some((s) => s > 0)) starts.set(`${i} ${axis}`, next++);
  });
  const integers = next - parameters;
  const vectors = { next };
  const values = [...inputs, ...statements].map(() => vectors.next++);

  const all = read.map((_, i) => i);
  const fixed = all.filter((i) => inputs[i]!.strides.every((s) => s === 0));
  const flowing = all.filter((i) => steps(i, last));
  /** Inputs that go on along this axis and no further one: one value for each of its places. */
  const placed = (axis: number): number[] =>
    all.filter((i) => steps(i, axis) && !inputs[i]!.strides.slice(axis + 1).some((s) => s > 0));
  const operands = [...inputs, ...statements].map((item, i) =>
    'value' in item && item.value !== undefined ? constant(item.kind, item.value) : get(values[i]!),
  );
  const kinds = outputs.map((statement) => statements[statement]!.kind);

  const compute = statements.flatMap(({ expression }, k) =>
    set(values[inputs.length + k]!, print(expression, operands, vectors)),
  );
  const result = (i: number): Code => get(values[inputs.length + outputs[i]!]!);
  /** Addresses of what goes on along the last axis, by so many elements. */
  const goOn = (elements: (bytes: number) => Code): Code => [
    ...flowing.flatMap((i) => advance(i, elements(bytesPer(inputs[i]!.kind)))),
    ...kinds.flatMap((kind, i) => advance(outputAt + i, elements(bytesPer(kind)))),
  ];
  const rest = int.and(get(sizeAt + last), int.const(3));
  /** As many elements as these bits of the size say, some at a time. */
  const along = (sizeBits: number, atOnce: number): Code => {
    const elements = int.and(get(sizeAt + last), int.const(sizeBits));
    const ahead = (address: number, kind: Kind, k: number): Code =>
      k === 0 ? get(address) : int.add(get(address), int.const(4 * k * bytesPer(kind)));
    const four = (k: number): Code => [
      ...flowing.flatMap((i) => set(values[i]!, load(inputs[i]!.kind, ahead(i, inputs[i]!.kind, k)))),
      ...compute,
      ...kinds.flatMap((kind, i) => store(kind, ahead(outputAt + i, kind, k), result(i))),
    ];
    return [
      ...set(end, int.add(get(outputAt), int.mul(elements, int.const(bytesPer(kinds[0]!))))),
      ...whileLess(get(outputAt), get(end), [
        ...Array.from({ length: atOnce / 4 }, (_, k) => four(k)).flat(),
        ...goOn((bytes) => int.const(atOnce * bytes)),
      ]),
    ];
  };
  const row: Code = [
    ...(compute.length <= SHORT ? along(-16, 16) : along(-4, 4)),
    ...(compute.length <= SHORT ? along(12, 4) : []),
    ...when(rest, [
      ...flowing.flatMap((i) => set(values[i]!, call(indexOf(loadPart[inputs[i]!.kind]), get(i), rest))),
      ...compute,
      ...kinds.flatMap((kind, i) => call(indexOf(storePart[kind]), get(outputAt + i), rest, result(i))),
      ...goOn((bytes) => int.mul(rest, int.const(bytes))),
    ]),
  ];
  let body = row;
  for (let axis = last - 1; axis >= 0; axis--) {
    const back = all.flatMap((i) => {
      const start = starts.get(`${i} ${axis}`);
      return start === undefined ? [] : [{ i, start }];
    });
    body = [
      ...back.flatMap(({ i, start }) => set(start, get(i))),
      ...set(count(axis), int.const(0)),
      ...whileLess(get(count(axis)), get(sizeAt + axis), [
        ...back.flatMap(({ i, start }) => set(i, get(start))),
        ...placed(axis).flatMap((i) => [
          ...set(values[i]!, splat(inputs[i]!.kind, get(i))),
          ...advance(i, int.const(bytesPer(inputs[i]!.kind))),
        ]),
        ...body,
        ...advance(count(axis), int.const(1)),
      ]),
    ];
  }
  functions.push({
    name: 'run',
    parameters,
    integers,
    pairs: vectors.next - next,
    body: [
      ...fixed.flatMap((i) =>
        set(values[i]!, inputs[i]!.isNumber ? bits.splat(get(i)) : splat(inputs[i]!.kind, get(i))),
      ),
      ...body,
    ],
  });
  return assemble(functions);
}

const constant = (kind: Kind, value: number): Code => (kind === 'n' ? floats(value) : ints(value ? -1 : 0));

/** An expression's code. Nodes that occur twice are kept in locals. */
function print(expression: Expression, operands: readonly Code[], vectors: { next: number }): Code {
  const uses = new Map<Expression, number>();
  const visit = (node: Expression): void => {
    const before = uses.get(node) ?? 0;
    uses.set(node, before + 1);
    if (before === 0) node.args.forEach(visit);
  };
  visit(expression);
  const kept = new Map<Expression, number>();
  const code = (node: Expression): Code => {
    if (node.op === 'operand') return operands[node.index]!;
    if (node.op === 'constant') return floats(node.value);
    const local = kept.get(node);
    if (local !== undefined) return get(local);
    const [first, second] = node.args;
    const quick = besideConstant[node.op];
    if (quick && isConstant(first!)) return keep(node, quick(code(second!), code(first!)));
    if (quick && isConstant(second!)) return keep(node, quick(code(first!), code(second!)));
    const made = primitive(node.op, node.args.map(code), () => vectors.next++);
    return keep(node, made);
  };
  const keep = (node: Expression, made: Code): Code => {
    if (uses.get(node) === 1) return made;
    const fresh = vectors.next++;
    kept.set(node, fresh);
    return tee(fresh, made);
  };
  return code(expression);
}

const isConstant = (node: Expression): boolean => node.op === 'constant' && !Number.isNaN(node.value);

/** Sets a local and leaves its value. */
const tee = (local: number, value: Code): Code => [...set(local, value), ...get(local)];
