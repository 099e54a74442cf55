import {
  advance,
  assemble,
  copy,
  fill,
  func,
  get,
  int,
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
const tiles = (rows: number, quads: number, inRows: boolean): Func =>
  func(
    `${inRows ? 'rows' : 'tiles'}${rows}x${quads}`,
    15,
    (rows + 1) * quads + 1,
    (
      a,
      aTile,
      aColumn,
      aLine,
      aImage,
      b,
      bRow,
      c,
      cRow,
      columns,
      lines,
      images,
      count,
      tail,
      onto,
      pb,
      pc,
      end,
      line,
      image,
      stretch,
      pa,
      pa1,
      pa2,
      pa3,
      firstPair,
    ) => {
      /** Where rows of A are: those that lie side by side have one pointer. */
      const pointers = [pa, pa1, pa2, pa3].slice(0, inRows ? rows : 1);
      const forward = (by: Code): Code => pointers.flatMap((pointer) => advance(pointer, by));
      const sum = (i: number, q: number): number => firstPair + i * quads + q;
      const right = (q: number): number => firstPair + rows * quads + q;
      const factor = firstPair + (rows + 1) * quads;
      const eachSum = (body: (i: number, q: number) => Code): Code =>
        upTo(rows).flatMap((i) => upTo(quads).flatMap((q) => body(i, q)));
      const step: Code = [
        ...upTo(quads).flatMap((q) => set(right(q), quad.load(get(pb), q * quadBytes))),
        ...upTo(rows).flatMap((i) => [
          ...set(factor, inRows ? quad.splat(get(pointers[i]!), 0) : quad.splat(get(pa), i * floatBytes)),
          ...upTo(quads).flatMap((q) =>
            set(sum(i, q), fused.addQuads(get(sum(i, q)), get(factor), get(right(q)))),
          ),
        ]),
        ...forward(inRows ? int.const(floatBytes) : get(aColumn)),
        ...advance(pb, get(bRow)),
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
              int.less(get(tail), int.const(lanes + 1)),
              quad.storePart(get(pc), q * quadBytes, value, lanes),
              rest,
            );
          const whole = quad.store(get(pc), q * quadBytes, value);
          return q < quads - 1 ? whole : part(1, part(2, part(3, whole)));
        });
      const nextRow = advance(pc, get(cRow));
      return [
        ...set(stretch, int.mul(get(columns), get(bRow))),
        ...repeat(count, [
          ...pointers.flatMap((pointer, i) =>
            set(pointer, i === 0 ? get(a) : int.add(get(pointer - 1), get(aColumn))),
          ),
          ...set(pb, get(b)),
          ...eachSum((i, q) => set(sum(i, q), quad.zero)),
          ...times(image, images, [
            ...times(line, lines, [
              ...set(end, int.add(get(pb), get(stretch))),
              ...whileLess(get(pb), get(end), step),
              ...forward(get(aLine)),
            ]),
            ...forward(get(aImage)),
          ]),
          ...set(pc, get(c)),
          ...when(get(onto), [
            ...upTo(rows).flatMap((i) => [
              ...upTo(quads).flatMap((q) =>
                set(sum(i, q), quad.add(quad.load(get(pc), q * quadBytes), get(sum(i, q)))),
              ),
              ...nextRow,
            ]),
            ...set(pc, get(c)),
          ]),
          ...upTo(rows).flatMap((i) => [...storeRow(i), ...nextRow]),
          ...advance(a, get(aTile)),
          ...set(c, get(pc)),
        ]),
      ];
    },
  );

/** Copies `quads` times four floats, and `rest` single ones, of each of `count` lines. */
const copyQuads = (): Func =>
  func('copyQuads', 7, 0, (to, toStep, from, fromStep, quads, rest, count, target, source, end) =>
    repeat(count, [
      ...set(source, get(from)),
      ...set(target, get(to)),
      ...set(end, int.add(get(from), int.mul(get(quads), int.const(quadBytes)))),
      ...whileLess(get(source), get(end), [
        ...quad.store(get(target), 0, quad.load(get(source), 0)),
        ...advance(target, int.const(quadBytes)),
        ...advance(source, int.const(quadBytes)),
      ]),
      ...set(end, int.add(get(source), int.mul(get(rest), int.const(floatBytes)))),
      ...whileLess(get(source), get(end), [
        ...int.store(get(target), int.load(get(source))),
        ...advance(target, int.const(floatBytes)),
        ...advance(source, int.const(floatBytes)),
      ]),
      ...advance(to, get(toStep)),
      ...advance(from, get(fromStep)),
    ]),
  );

/** Copies four floats of each of `rows` lines (a multiple of four) to four lines: squares of four rows are transposed in registers. */
const transposeQuads = (): Func =>
  func('transposeQuads', 5, 8, (to, toStep, from, fromStep, rows, end, source, target, firstPair) => {
    const row = (i: number): number => firstPair + i;
    const mixed = (i: number): number => firstPair + 4 + i;
    const pairs = [
      [0, 1],
      [2, 3],
    ] as const;
    return [
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
    ];
  });

/** Puts zeros in so many bytes. */
const clear = (): Func => func('clear', 2, 0, (to, bytes) => fill(get(to), int.const(0), get(bytes)));

/** Copies `count` stretches of bytes. */
const copyLines = (): Func =>
  func('copyLines', 6, 0, (to, toStep, from, fromStep, bytes, count) =>
    repeat(count, [
      ...copy(get(to), get(from), get(bytes)),
      ...advance(to, get(toStep)),
      ...advance(from, get(fromStep)),
    ]),
  );

/** Copies single floats, `count` of them. */
const copySingle = (): Func =>
  func('copySingle', 5, 0, (to, toStep, from, fromStep, count) =>
    repeat(count, [
      ...int.store(get(to), int.load(get(from))),
      ...advance(to, get(toStep)),
      ...advance(from, get(fromStep)),
    ]),
  );

export const assembleBlocks = (): Uint8Array<ArrayBuffer> =>
  assemble([
    ...[false, true].flatMap((inRows) =>
      upTo(maxRows).flatMap((i) => upTo(maxQuads).map((q) => tiles(i + 1, q + 1, inRows))),
    ),
    clear(),
    copyLines(),
    copyQuads(),
    copySingle(),
    transposeQuads(),
  ]);
