import {
  advance,
  assemble,
  func,
  get,
  int,
  pair,
  quad,
  repeat,
  set,
  upTo,
  when,
  whileLess,
  type Code,
  type Func,
} from './assembler';
import { floatBytes, quadBytes } from './bytes';
import * as float from './float';
import { memoryModule } from './module';
import { floats, memory } from './vector';

// Sums and extrema of float32 in WebAssembly; addresses and steps are in bytes.

const lanes = 4;
const rowsAtOnce = 8;

/** How fours of float32 are reduced, lane by lane, to a result that takes so many vectors. */
interface Operation {
  readonly join: (a: Code, b: Code) => Code;
  readonly vectors: number;
  readonly start: Code;
  /** Takes the four in a local into the result, in locals from `at` on. */
  readonly take: (at: number, four: number) => Code;
  /** The result as a four. */
  readonly end: (at: number) => Code;
  /** A float as a four that counts once. */
  readonly one: (address: Code) => Code;
}

/** Eight fours are added as a tree, and their sums in float64: with less error than one by one. */
const sum = (): Operation => ({
  join: quad.add,
  vectors: 2,
  start: quad.zero,
  take: (at, four) => [
    ...set(at, pair.add(get(at), quad.promote(get(four)))),
    ...set(at + 1, pair.add(get(at + 1), quad.promote(quad.shuffle(get(four), get(four), [2, 3, 2, 3])))),
  ],
  end: (at) => quad.shuffle(pair.demote(get(at)), pair.demote(get(at + 1)), [0, 1, 4, 5]),
  one: memory.loadOne,
});

/** NaN where there is one. */
const extremum = (join: Operation['join'], start: number): Operation => ({
  join,
  vectors: 1,
  start: floats(start),
  take: (at, four) => set(at, join(get(at), get(four))),
  end: get,
  one: memory.splat,
});

const tree = (join: Operation['join'], values: Code[]): Code => {
  const half = values.length / 2;
  return half < 1 ? values[0]! : join(tree(join, values.slice(0, half)), tree(join, values.slice(half)));
};

/** The columns of `blocks` times eight and `rest` more rows, `row` apart, all of which are read in order: the results so far are in `room`. */
const reduceAllColumns = (name: string, operation: Operation): Func =>
  func(
    name,
    7,
    1 + operation.vectors,
    (to, from, row, blocks, rest, columns, room, at, end, s0, s1, s2, s3, s4, s5, s6, s7, firstPair) => {
      const { vectors, start, take } = operation;
      const sources = [s0, s1, s2, s3, s4, s5, s6, s7];
      const parts = upTo(vectors);
      const [four, result] = [firstPair, firstPair + 1];
      const each = (body: Code): Code => [
        ...set(at, get(room)),
        ...whileLess(get(at), get(end), [...body, ...advance(at, int.const(vectors * quadBytes))]),
      ];
      const load = parts.flatMap((v) => set(result + v, quad.load(get(at), v * quadBytes)));
      const store = (value: (v: number) => Code): Code =>
        parts.flatMap((v) => quad.store(get(at), v * quadBytes, value(v)));
      const rows = (count: number, taken: readonly number[]): Code =>
        repeat(count, [
          ...taken.flatMap((source) => [...set(source, get(from)), ...advance(from, get(row))]),
          ...each([
            ...set(
              four,
              tree(
                operation.join,
                taken.map((source) => quad.load(get(source), 0)),
              ),
            ),
            ...load,
            ...take(result, four),
            ...store((v) => get(result + v)),
            ...taken.flatMap((source) => advance(source, int.const(quadBytes))),
          ]),
        ]);
      return [
        ...set(end, int.add(get(room), int.mul(get(columns), int.const(vectors * floatBytes)))),
        ...each(store(() => start)),
        ...rows(blocks, sources),
        ...rows(rest, sources.slice(0, 1)),
        ...each([
          ...load,
          ...set(four, operation.end(result)),
          ...upTo(lanes).flatMap((lane) =>
            when(int.less(int.const(lane), get(columns)), storeLane(to, lane, four)),
          ),
          ...advance(to, int.const(quadBytes)),
          ...advance(columns, int.const(-lanes)),
        ]),
      ];
    },
  );

const storeLane = (to: number, lane: number, four: number): Code =>
  memory.storeLane(lane)(int.add(get(to), int.const(lane * floatBytes)), get(four));

/** Each of `rows` rows, `row` apart: eight fours at once in `blocks`, one in each of `rest`, and `few` floats. */
const reduceEachRow = (name: string, operation: Operation): Func =>
  func(name, 7, 1 + operation.vectors, (to, from, row, blocks, rest, few, rows, left, source, firstPair) => {
    const { vectors, start, take, join, end, one } = operation;
    const [four, result] = [firstPair, firstPair + 1];
    const takes = (count: number, value: Code, bytes: number): Code => [
      ...set(left, get(count)),
      ...repeat(left, [...set(four, value), ...take(result, four), ...advance(source, int.const(bytes))]),
    ];
    const fold = (order: readonly [number, number, number, number]): Code =>
      set(four, join(get(four), quad.shuffle(get(four), get(four), order)));
    const fours = upTo(rowsAtOnce).map((i) => quad.load(get(source), i * quadBytes));
    return repeat(rows, [
      ...set(source, get(from)),
      ...upTo(vectors).flatMap((v) => set(result + v, start)),
      ...takes(blocks, tree(operation.join, fours), rowsAtOnce * quadBytes),
      ...takes(rest, fours[0]!, quadBytes),
      ...takes(few, one(get(source)), floatBytes),
      ...set(four, end(result)),
      ...fold([2, 3, 0, 1]),
      ...fold([1, 0, 3, 2]),
      ...storeLane(to, 0, four),
      ...advance(to, int.const(floatBytes)),
      ...advance(from, get(row)),
    ]);
  });

type Reduce = (...args: [number, number, number, number, number, number, number]) => void;

export type Reducer = 'sum' | 'max' | 'min';

const reductions = memoryModule(
  () => {
    const operations: Record<Reducer, Operation> = {
      sum: sum(),
      max: extremum(float.max, -Infinity),
      min: extremum(float.min, Infinity),
    };
    return assemble(
      Object.entries(operations).flatMap(([name, operation]) => [
        reduceAllColumns(`${name}Columns`, operation),
        reduceEachRow(`${name}Rows`, operation),
      ]),
    );
  },
  (exports) => exports as Record<`${Reducer}${'Columns' | 'Rows'}`, Reduce>,
);

/** Bytes of room for `reduceColumns`. */
export const roomForColumns = (width: number): number => 2 * (width + lanes) * floatBytes;

/** Reduces the columns of a matrix `[count, width]`. Up to 12 bytes behind it are read. */
export function reduceColumns(
  reducer: Reducer,
  memory: WebAssembly.Memory,
  to: number,
  from: number,
  count: number,
  width: number,
  room: number,
): void {
  const [blocks, rest] = [Math.floor(count / rowsAtOnce), count % rowsAtOnce];
  reductions.in(memory)[`${reducer}Columns`](to, from, width * floatBytes, blocks, rest, width, room);
}

/** Reduces the rows of a matrix `[rows, width]`. */
export function reduceRows(
  reducer: Reducer,
  memory: WebAssembly.Memory,
  to: number,
  from: number,
  rows: number,
  width: number,
): void {
  const block = rowsAtOnce * lanes;
  const [blocks, rest] = [Math.floor(width / block), Math.floor((width % block) / lanes)];
  const run = reductions.in(memory)[`${reducer}Rows`];
  run(to, from, width * floatBytes, blocks, rest, width % lanes, rows);
}
