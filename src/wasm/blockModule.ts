import {
  advance,
  assemble,
  copy,
  fill,
  get,
  int,
  locals,
  quad,
  repeat,
  set,
  upTo,
  whileLess,
  when,
  type Code,
  type Func,
} from './assembler';
import { floatBytes, quadBytes } from './bytes';
import { fused } from './fused';

// The inner loops of blocks.ts as a WebAssembly module; addresses and steps are in bytes.

export const maxRows = 4;
export const maxQuads = 2;

/**
 * Tiles of `rows` x `4 quads` of C (+)= A^T B, one below the other: C[i, j] = sum over p of A[p, i] B[p, j], each held in registers over the whole
 * sum. The rows p of A lie `aColumn` apart within a line, lines have `aLine` more between them and images `aImage` more; those of B follow each other.
 * Of the last four columns of C only `tail` are stored. Or, `inRows`, of C (+)= A B: the columns p of A lie side by side, and its rows i `aColumn` apart.
 */
function tiles(rows: number, quads: number, inRows: boolean): Func {
  const { local, firstPair, ...counts } = locals(
    [
      'a',
      'aTile',
      'aColumn',
      'aLine',
      'aImage',
      'b',
      'bRow',
      'c',
      'cRow',
      'columns',
      'lines',
      'images',
      'count',
      'tail',
      'onto',
    ],
    ['pb', 'pc', 'end', 'line', 'image', 'stretch', 'pa', 'pa1', 'pa2', 'pa3'],
  );
  const { a, b, c, pa, pb, pc, end, line, image, stretch } = local;
  /** Where rows of A are: those that lie side by side have one pointer. */
  const pointers = inRows ? upTo(rows).map((i) => pa + i) : [pa];
  const forward = (by: Code): Code => pointers.flatMap((pointer) => advance(pointer, by));
  const sum = (i: number, q: number): number => firstPair + i * quads + q;
  const right = (q: number): number => firstPair + rows * quads + q;
  const factor = firstPair + (rows + 1) * quads;
  const eachSum = (body: (i: number, q: number) => Code): Code =>
    upTo(rows).flatMap((i) => upTo(quads).flatMap((q) => body(i, q)));
  const step: Code = [
    ...upTo(quads).flatMap((q) => set(right(q), quad.load(get(pb), q * quadBytes))),
    ...upTo(rows).flatMap((i) => [
      ...set(factor, inRows ? quad.splat(get(pa + i), 0) : quad.splat(get(pa), i * floatBytes)),
      ...upTo(quads).flatMap((q) =>
        set(sum(i, q), fused.addQuads(get(sum(i, q)), get(factor), get(right(q)))),
      ),
    ]),
    ...forward(inRows ? int.const(floatBytes) : get(local.aColumn)),
    ...advance(pb, get(local.bRow)),
  ];
  const times = (counter: number, count: number, body: Code): Code => [
    ...set(counter, get(count)),
    ...repeat(counter, body),
  ];
  const storeRow = (i: number): Code =>
    upTo(quads).flatMap((q) => {
      const value = get(sum(i, q));
      const part = (lanes: 1 | 2 | 3, rest: Code): Code =>
        when(
          int.less(get(local.tail), int.const(lanes + 1)),
          quad.storePart(get(pc), q * quadBytes, value, lanes),
          rest,
        );
      const whole = quad.store(get(pc), q * quadBytes, value);
      return q < quads - 1 ? whole : part(1, part(2, part(3, whole)));
    });
  const nextRow = advance(pc, get(local.cRow));
  return {
    name: `${inRows ? 'rows' : 'tiles'}${rows}x${quads}`,
    ...counts,
    pairs: (rows + 1) * quads + 1,
    body: [
      ...set(stretch, int.mul(get(local.columns), get(local.bRow))),
      ...repeat(local.count, [
        ...pointers.flatMap((pointer, i) =>
          set(pointer, i === 0 ? get(a) : int.add(get(pointer - 1), get(local.aColumn))),
        ),
        ...set(pb, get(b)),
        ...eachSum((i, q) => set(sum(i, q), quad.zero)),
        ...times(image, local.images, [
          ...times(line, local.lines, [
            ...set(end, int.add(get(pb), get(stretch))),
            ...whileLess(get(pb), get(end), step),
            ...forward(get(local.aLine)),
          ]),
          ...forward(get(local.aImage)),
        ]),
        ...set(pc, get(c)),
        ...when(get(local.onto), [
          ...upTo(rows).flatMap((i) => [
            ...upTo(quads).flatMap((q) =>
              set(sum(i, q), quad.add(quad.load(get(pc), q * quadBytes), get(sum(i, q)))),
            ),
            ...nextRow,
          ]),
          ...set(pc, get(c)),
        ]),
        ...upTo(rows).flatMap((i) => [...storeRow(i), ...nextRow]),
        ...advance(a, get(local.aTile)),
        ...set(c, get(pc)),
      ]),
    ],
  };
}

/** Copies `quads` times four floats, and `rest` single ones, of each of `count` lines. */
function copyQuads(): Func {
  const {
    local,
    firstPair: _,
    ...counts
  } = locals(['to', 'toStep', 'from', 'fromStep', 'quads', 'rest', 'count'], ['target', 'source', 'end']);
  const { to, from, target, source, end } = local;
  return {
    name: 'copyQuads',
    ...counts,
    pairs: 0,
    body: repeat(local.count, [
      ...set(source, get(from)),
      ...set(target, get(to)),
      ...set(end, int.add(get(from), int.mul(get(local.quads), int.const(quadBytes)))),
      ...whileLess(get(source), get(end), [
        ...quad.store(get(target), 0, quad.load(get(source), 0)),
        ...advance(target, int.const(quadBytes)),
        ...advance(source, int.const(quadBytes)),
      ]),
      ...set(end, int.add(get(source), int.mul(get(local.rest), int.const(floatBytes)))),
      ...whileLess(get(source), get(end), [
        ...int.store(get(target), int.load(get(source))),
        ...advance(target, int.const(floatBytes)),
        ...advance(source, int.const(floatBytes)),
      ]),
      ...advance(to, get(local.toStep)),
      ...advance(from, get(local.fromStep)),
    ]),
  };
}

/** Copies four floats of each of `rows` lines (a multiple of four) to four lines: squares of four rows are transposed in registers. */
function transposeQuads(): Func {
  const { local, firstPair, ...counts } = locals(
    ['to', 'toStep', 'from', 'fromStep', 'rows'],
    ['end', 'source', 'target'],
  );
  const { to, toStep, from, fromStep, rows, end, source, target } = local;
  const row = (i: number): number => firstPair + i;
  const mixed = (i: number): number => firstPair + 4 + i;
  const pairs = [
    [0, 1],
    [2, 3],
  ] as const;
  return {
    name: 'transposeQuads',
    ...counts,
    pairs: 8,
    body: [
      ...set(end, int.add(get(to), int.mul(get(rows), int.const(floatBytes)))),
      ...whileLess(get(to), get(end), [
        ...set(source, get(from)),
        ...upTo(4).flatMap((i) => [
          ...set(row(i), quad.load(get(source), 0)),
          ...advance(source, get(fromStep)),
        ]),
        // [a0 b0 a1 b1], [a2 b2 a3 b3] of rows a and b, and likewise of c and d.
        ...pairs.flatMap(([i, j]) => [
          ...set(mixed(i), quad.shuffle(get(row(i)), get(row(j)), [0, 4, 1, 5])),
          ...set(mixed(j), quad.shuffle(get(row(i)), get(row(j)), [2, 6, 3, 7])),
        ]),
        ...set(target, get(to)),
        ...upTo(4).flatMap((i) => {
          const half = i < 2 ? 0 : 1;
          const lanes = i % 2 === 0 ? ([0, 1, 4, 5] as const) : ([2, 3, 6, 7] as const);
          return [
            ...quad.store(get(target), 0, quad.shuffle(get(mixed(half)), get(mixed(half + 2)), lanes)),
            ...advance(target, get(toStep)),
          ];
        }),
        ...set(from, get(source)),
        ...advance(to, int.const(quadBytes)),
      ]),
    ],
  };
}

/** Puts zeros in so many bytes. */
const clear: Func = {
  name: 'clear',
  parameters: 2,
  integers: 0,
  pairs: 0,
  body: fill(get(0), int.const(0), get(1)),
};

/** Copies `count` stretches of bytes. */
function copyLines(): Func {
  const {
    local,
    firstPair: _,
    ...counts
  } = locals(['to', 'toStep', 'from', 'fromStep', 'bytes', 'count'], []);
  return {
    name: 'copyLines',
    ...counts,
    pairs: 0,
    body: repeat(local.count, [
      ...copy(get(local.to), get(local.from), get(local.bytes)),
      ...advance(local.to, get(local.toStep)),
      ...advance(local.from, get(local.fromStep)),
    ]),
  };
}

/** Copies single floats, `count` of them. */
function copySingle(): Func {
  const { local, firstPair: _, ...counts } = locals(['to', 'toStep', 'from', 'fromStep', 'count'], []);
  return {
    name: 'copySingle',
    ...counts,
    pairs: 0,
    body: repeat(local.count, [
      ...int.store(get(local.to), int.load(get(local.from))),
      ...advance(local.to, get(local.toStep)),
      ...advance(local.from, get(local.fromStep)),
    ]),
  };
}

export const assembleBlocks = (): Uint8Array<ArrayBuffer> =>
  assemble([
    ...[false, true].flatMap((inRows) =>
      upTo(maxRows).flatMap((i) => upTo(maxQuads).map((q) => tiles(i + 1, q + 1, inRows))),
    ),
    clear,
    copyLines(),
    copyQuads(),
    copySingle(),
    transposeQuads(),
  ]);
