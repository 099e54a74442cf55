import {
  advance,
  assemble,
  get,
  int,
  locals,
  quad,
  repeat,
  set,
  whileLess,
  type Code,
  type Func,
} from './assembler';
import { floatBytes } from './blocks';
import { memoryModule } from './module';

// Sums of float32 in WebAssembly, in blocks of eight and so with less error than one by one; addresses and steps are in bytes.

const quadBytes = 16;
const rowsAtOnce = 8;
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** The sum of `values`, as a tree. */
function tree(values: Code[]): Code {
  if (values.length === 1) return values[0]!;
  const half = values.length / 2;
  return quad.add(tree(values.slice(0, half)), tree(values.slice(half)));
}

/** to[j] += sum over `blocks` times eight rows of from[row, j], four columns at a time, `row` bytes of them. */
function addRows(): Func {
  const {
    local,
    firstPair: _,
    ...counts
  } = locals(
    ['to', 'from', 'row', 'blocks'],
    ['target', 'end', 's0', 's1', 's2', 's3', 's4', 's5', 's6', 's7'],
  );
  const { to, from, row, target, end } = local;
  const sources = upTo(rowsAtOnce).map((i) => local[`s${i}` as 's0']);
  return {
    name: 'addRows',
    ...counts,
    pairs: 0,
    body: [
      ...set(end, int.add(get(to), get(row))),
      ...repeat(local.blocks, [
        ...sources.flatMap((source, i) =>
          set(source, i === 0 ? get(from) : int.add(get(sources[i - 1]!), get(row))),
        ),
        ...set(target, get(to)),
        ...whileLess(get(target), get(end), [
          ...quad.store(
            get(target),
            0,
            quad.add(quad.load(get(target), 0), tree(sources.map((source) => quad.load(get(source), 0)))),
          ),
          ...[target, ...sources].flatMap((pointer) => advance(pointer, int.const(quadBytes))),
        ]),
        ...advance(from, int.mul(get(row), int.const(rowsAtOnce))),
      ]),
    ],
  };
}

/** For each of `rows` rows: to[row] = sum of 32 `blocks` floats, in four lanes. */
function foldRows(): Func {
  const { local, firstPair, ...counts } = locals(['to', 'from', 'row', 'blocks', 'rows'], ['source', 'end']);
  const { to, from, source, end } = local;
  const total = firstPair;
  const blockBytes = rowsAtOnce * quadBytes;
  return {
    name: 'foldRows',
    ...counts,
    pairs: 1,
    body: repeat(local.rows, [
      ...set(source, get(from)),
      ...set(end, int.add(get(from), int.mul(get(local.blocks), int.const(blockBytes)))),
      ...set(total, quad.zero),
      ...whileLess(get(source), get(end), [
        ...set(
          total,
          quad.add(get(total), tree(upTo(rowsAtOnce).map((i) => quad.load(get(source), i * quadBytes)))),
        ),
        ...advance(source, int.const(blockBytes)),
      ]),
      ...quad.store(get(to), 0, get(total)),
      ...advance(to, int.const(quadBytes)),
      ...advance(from, get(local.row)),
    ]),
  };
}

interface Exports {
  addRows(to: number, from: number, row: number, blocks: number): void;
  foldRows(to: number, from: number, row: number, blocks: number, rows: number): void;
}

const sumModule = memoryModule(
  () => assemble([addRows(), foldRows()]),
  (exports) => exports as unknown as Exports,
);

/** Floats that rows are joined to, where they are shorter. */
const joined = 64;
/** Blocks that are added in float32 before their sum goes on in float64. */
const blocksAtOnce = 64;
const blockFloats = 4 * rowsAtOnce;

/** How many rows of `width` floats are taken as one, a multiple of four floats long. */
function rowsInOne(width: number): number {
  const step = width % 4 === 0 ? 1 : width % 2 === 0 ? 2 : 4;
  return step * Math.max(1, Math.ceil(joined / (step * width)));
}

/** Bytes of room for `sumRows` and `sumEach`. */
export const roomForSums = (width: number, rows: number): number =>
  Math.max(rowsInOne(width) * width, 4 * rows) * floatBytes;

/** The sums of the columns of a matrix `[count, width]` at `from`, put at `to`. */
export function sumColumns(
  memory: WebAssembly.Memory,
  to: number,
  from: number,
  count: number,
  width: number,
  room: number,
): void {
  const factor = rowsInOne(width);
  const length = factor * width;
  const blocks = Math.floor(count / (factor * rowsAtOnce));
  const { addRows } = sumModule.in(memory);
  const partial = new Float32Array(memory.buffer, room, length);
  const sums = new Float64Array(width);
  const add = (values: Float32Array): void => {
    for (let i = 0, j = 0; i < values.length; i++, j = j + 1 === width ? 0 : j + 1) sums[j]! += values[i]!;
  };
  const row = length * floatBytes;
  for (let block = 0; block < blocks; block += blocksAtOnce) {
    partial.fill(0);
    addRows(room, from + block * rowsAtOnce * row, row, Math.min(blocksAtOnce, blocks - block));
    add(partial);
  }
  const rest = blocks * factor * rowsAtOnce;
  add(new Float32Array(memory.buffer, from + rest * width * floatBytes, (count - rest) * width));
  new Float32Array(memory.buffer, to, width).set(sums);
}

/** The sums of the rows of a matrix `[rows, width]`. */
export function sumRows(
  memory: WebAssembly.Memory,
  to: number,
  from: number,
  rows: number,
  width: number,
  room: number,
): void {
  const blocks = Math.floor(width / blockFloats);
  sumModule.in(memory).foldRows(room, from, width * floatBytes, blocks, rows);
  const lanes = new Float32Array(memory.buffer, room, 4 * rows);
  const values = new Float32Array(memory.buffer, from, rows * width);
  const sums = new Float32Array(memory.buffer, to, rows);
  for (let r = 0; r < rows; r++) {
    let sum = lanes[4 * r]! + lanes[4 * r + 1]! + lanes[4 * r + 2]! + lanes[4 * r + 3]!;
    for (let i = r * width + blocks * blockFloats; i < (r + 1) * width; i++) sum += values[i]!;
    sums[r] = sum;
  }
}
