import type { TensorInfo } from '@tensorflow/tfjs-core';
import { isSoftware } from './adapter';
import { addressing, merged, sizeOf, type Axis } from './axes';
import { dispatcher, type Kernel, type Launch } from './dispatch';

/**
 * z[s, i, j] = sum over k of a[s, i, k] b[s, k, j], where each index may be of several axes and elements lie at sums of steps: products of matrices,
 * transposed or not, convolutions, and their gradients.
 */
export interface Contraction {
  readonly stack: readonly Axis[];
  /** Of a alone. */
  readonly rows: readonly Axis[];
  /** Of b alone. */
  readonly columns: readonly Axis[];
  readonly sums: readonly Axis[];
  /** Where a and b begin, and what else steps lead to. */
  readonly starts?: readonly number[];
  readonly scattered?: Scattered;
}

/**
 * Of results that do not lie in order, the step to the next one is the third, and those behind it lead to coordinates, which begin at 0 and are below
 * these limits: of rows where anything is stored, and of sums where anything is added.
 */
export interface Scattered {
  readonly rows: readonly number[];
  readonly sums: readonly number[];
}

/** What becomes of results: by default they are stored in r0. */
export interface Finish {
  /** WGSL that stores `value`, element `index` of the whole and `column` of its row. */
  readonly code: string;
  readonly integers: Readonly<Record<string, number>>;
  readonly floats: Readonly<Record<string, number>>;
}

export const STORED: Finish = { code: 'r0[index] = value;', integers: {}, floats: {} };

/** Invocations of a workgroup on a card. */
const WORKGROUP = 64;

/** Numbers of results from which an invocation computes more of them; fewer share long sums among several. */
const MANY = 4096;
const SEVERAL = 1024;
const LONG = 512;

/** Invocations that share a sum at most. */
const SHARED = 16;

/** Steps of the innermost loop that are written out on a card. */
const UNROLLED = 4;

/**
 * Rows and columns of an invocation. On a card, as in jax-js, so many that enough invocations remain; on a processor as many as keep one vector
 * of it busy.
 */
function sideFor(results: number, onCard: boolean): number {
  if (!onCard) return results >= SEVERAL ? 8 : 4;
  return results >= MANY ? 4 : results >= SEVERAL ? 2 : 1;
}

/** So many invocations, up to eight, that few are beyond the end. */
const even = (n: number): number => Math.ceil(Math.ceil(n) / Math.ceil(n / 8));

/** The power of two that is at least n, up to a limit. */
const atLeast = (n: number, limit: number): number => Math.min(limit, 2 ** Math.ceil(Math.log2(n)));

/**
 * A contraction of operands with elements as one dispatch. Each invocation computes a few rows and columns in registers and reads its operands from where they are, without
 * workgroup memory and its barriers, with the innermost sum unrolled, as jax-js does (src/tuner.ts there; it reports 7 TFLOP/s on an M4 Max, beyond
 * tfjs's and ONNX's tiled kernels). Neighbouring invocations have neighbouring columns.
 */
export function contraction(
  form: Contraction,
  outputs: Launch['outputs'],
  finish: Finish = STORED,
): (backend: object, inputs: readonly TensorInfo[]) => TensorInfo[] {
  const [stack, rows, columns] = [form.stack, form.rows, form.columns].map(merged) as [
    Axis[],
    Axis[],
    Axis[],
  ];
  const [stacks, n, m] = [stack, rows, columns].map(sizeOf) as [number, number, number];
  const count = stacks * n * m;
  const onCard = !isSoftware();
  const side = sideFor(count, onCard);
  const [down, across] = [atLeast(n, side), atLeast(m, side)];
  const isLong = onCard && sizeOf(form.sums) >= LONG && count / (down * across) < MANY;
  const sums = isLong ? divided(merged(form.sums)) : merged(form.sums);
  const { starts = [], scattered: { rows: stored, sums: added } = { rows: [], sums: [] } } = form;
  const limits = [...stored, ...added];
  const places = form.scattered ? [2, ...stored.map((_, i) => 3 + i)] : [];
  const within = added.map((_, i) => 3 + stored.length + i);
  // Limits are looked at in the outer loop.
  const isInner =
    sums
      .at(-1)
      ?.steps.slice(2)
      .every((step) => step === 0) ?? false;
  const outer = isInner ? sums.slice(0, -1) : sums;
  const inner = isInner ? sums.at(-1)! : { size: 1, steps: [0, 0] };
  const lanes = isLong ? atLeast((sizeOf(outer) + 1) / 2, SHARED) : 1;
  const atMost = atLeast(n / down, 8 / 2 ** Math.ceil(Math.log2(lanes) / 2));
  const x = onCard ? atLeast(m / across, WORKGROUP / lanes / atMost) : even(m / across);
  const y = onCard ? WORKGROUP / lanes / x : even(n / down);
  const tiles = [Math.ceil(n / (y * down)), Math.ceil(m / (x * across))] as const;
  const addresses = [
    addressing('stack', stack, [0, 1, ...places, ...within]),
    addressing('rows', rows, [0, ...places]),
    addressing('columns', columns, [1]),
    addressing('outer', outer, [0, 1, ...within]),
  ];
  const kernel = kernelOf(
    { down, across, x, y, lanes, written: onCard ? Math.min(UNROLLED, inner.size) : 1, places, within },
    addresses,
    finish,
  );
  const launch: Launch = {
    outputs,
    workgroups: stacks * tiles[0] * tiles[1],
    integers: {
      n,
      m,
      tilesDown: tiles[0],
      tilesAcross: tiles[1],
      ...numbered(
        'start',
        [0, 1, ...places, ...within].map((i) => starts[i] ?? 0),
        0,
      ),
      ...numbered('limit', limits, 3),
      outer: sizeOf(outer),
      inner: inner.size,
      stepA: inner.steps[0]!,
      stepB: inner.steps[1]!,
      ...Object.assign({}, ...addresses.map(({ integers }) => integers)),
      ...finish.integers,
    },
    floats: finish.floats,
  };
  return dispatcher(kernel)(launch);
}

/** With the sum over one axis as one over two, so that invocations can share it. */
function divided(sums: Axis[]): Axis[] {
  const [{ size, steps }] = sums as [Axis];
  if (sums.length > 1) return sums;
  let length = SHARED;
  while (length < size && size % length > 0) length++;
  return [
    { size: size / length, steps: steps.map((step) => step * length) },
    { size: length, steps },
  ];
}

interface Shape {
  /** Rows and columns of an invocation. */
  readonly down: number;
  readonly across: number;
  /** Invocations side by side, and among each other. */
  readonly x: number;
  readonly y: number;
  /** Invocations that share a sum. */
  readonly lanes: number;
  /** Steps of the innermost loop that are written out. */
  readonly written: number;
  /** Of scattered results: which steps lead to them, and to coordinates of rows; and which to those of sums. */
  readonly places: readonly number[];
  readonly within: readonly number[];
}

/** Uniforms of one name, numbered. */
const numbered = (name: string, values: readonly number[], first: number): Record<string, number> =>
  Object.fromEntries(values.map((value, i) => [`${name}${first + i}`, value]));

const list = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));

function kernelOf(
  { down, across, x, y, lanes, written, places, within }: Shape,
  addresses: readonly { code: string }[],
  finish: Finish,
): Kernel {
  const side = x * y;
  const threads = side * lanes;
  const results = list(down * across, (e) => ({ e, i: Math.floor(e / across), j: e % across }));
  const term = [
    ...list(down, (i) => `let a${i} = f32(x0[row${i} + a]);`),
    ...list(across, (j) => `let b${j} = f32(x1[column${j} + b]);`),
    ...results.map(({ e, i, j }) => `z${e} += a${i} * b${j};`),
    'a += stepA; b += stepB;',
  ].join(' ');
  const loop = (step: number): string =>
    `for (; k + ${step} <= inner; k += ${step}) { ${list(step, () => `{ ${term} }`).join('\n')} }`;
  const outside = (i: number, index: string): string =>
    `u32(uniforms.start${i} + stack_${i}(s) + ${index}) >= u32(uniforms.limit${i})`;
  const [place, ...coordinates] = places;
  const body = [
    'let tiles = uniforms.tilesDown * uniforms.tilesAcross;',
    'let s = w / tiles;',
    `let place = t % ${side};`,
    `let lane = t / ${side};`,
    `let column = (w % uniforms.tilesAcross) * ${x * across} + place % ${x};`,
    `let row = (w % tiles) / uniforms.tilesAcross * ${y * down} + place / ${x};`,
    // Beyond the last row and column the last is computed once more, and not stored.
    ...list(
      down,
      (i) => `let row${i} = uniforms.start0 + stack_0(s) + rows_0(min(row + ${i * y}, uniforms.n - 1));`,
    ),
    ...list(
      across,
      (j) =>
        `let column${j} = uniforms.start1 + stack_1(s) + columns_1(min(column + ${j * x}, uniforms.m - 1));`,
    ),
    ...results.map(({ e }) => `var z${e} = 0.0;`),
    // Compilers may load uniforms each time.
    'let inner = uniforms.inner; let stepA = uniforms.stepA; let stepB = uniforms.stepB;',
    `for (var o = lane; o < uniforms.outer; o += ${lanes}) {`,
    ...within.map((i) => `if (${outside(i, `outer_${i}(o)`)}) { continue; }`),
    'var a = outer_0(o); var b = outer_1(o); var k = 0;',
    loop(written),
    written > 1 ? loop(1) : '',
    '}',
  ];
  const store = (i: number, j: number, value: string): string =>
    `store(s, row + ${i * y}, column + ${j * x}, ${value});`;
  if (lanes === 1) body.push(...results.map(({ e, i, j }) => store(i, j, `z${e}`)));
  else
    body.push(
      ...results.map(({ e }) => `scratch[${e * threads} + t] = z${e};`),
      'workgroupBarrier();',
      ...results.map(
        ({ e, i, j }) => `if (lane == ${e % lanes}) {
          var sum = 0.0;
          for (var l = 0; l < ${lanes}; l++) { sum += scratch[${e * threads} + l * ${side} + place]; }
          ${store(i, j, 'sum')}
        }`,
      ),
    );
  const declarations = `
    ${addresses.map(({ code }) => code).join('\n')}
    ${lanes > 1 ? `var<workgroup> scratch : array<f32, ${threads * down * across}>;` : ''}
    fn store(s : i32, row : i32, column : i32, value : f32) {
      if (row >= uniforms.n || column >= uniforms.m) { return; }
      ${coordinates.map((i) => `if (${outside(i, `rows_${i}(row)`)}) { return; }`).join('\n')}
      let index = ${place ? `uniforms.start${place} + stack_${place}(s) + rows_${place}(row)` : '(s * uniforms.n + row) * uniforms.m'} + column;
      ${finish.code}
    }`;
  return { name: 'contraction', threads, declarations, body: body.join('\n') };
}
