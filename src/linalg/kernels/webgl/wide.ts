import type { TensorInfo } from '@tensorflow/tfjs-core';
import { asStack, type Stack } from '../stack';
import type { WebGLCompute } from './kernel';
import { pairs } from './pairs';
import { runPasses, runShader, type Shader, type WebGLBackend } from './program';

/*
 * The kernels of ../../wide.ts as fragment shaders, in pairs of float32. A fragment writes one number, so each half of a pair is computed by
 * itself; stacks of pairs are tensors `[2 stacks, n, m]`, high parts first.
 */

/** Which half of a pair a run computes. */
type Half = 'x' | 'y';
const halves: readonly Half[] = ['x', 'y'];

/** Summands of sums that start from zero, so that long sums lose no more than their number of chunks does. */
const chunk = 32;

interface Terms {
  ofRows: boolean;
  isGram: boolean;
  hasRest: boolean;
  isOnto: boolean;
}

/** onto + x^T (y + yLow), over k rows. Products with pairs lead out of the dual form, where they cancel to less than pairs hold. */
const sum = ({ ofRows, isGram, hasRest, isOnto }: Terms, half: Half): Shader => {
  const read = (name: string, column: string): string =>
    ofRows ? `get${name}(s, ${column}, q)` : `get${name}(s, q, ${column})`;
  const onto = isOnto ? 'vec2(getH(s, i, j), getL(s, i, j))' : 'vec2(0.0)';
  const inPairs = `
    vec2 total = ${onto};
    for (int first = 0; first < k; first += ${chunk}) {
      vec2 sum = vec2(0.0);
      for (int q = first; q < min(first + ${chunk}, k); q++) {
        sum = accumulate(sum, twoProduct(${read('X', 'i')}, ${read(isGram ? 'X' : 'Y', 'j')}));
      }
      total = add(total, sum);
    }`;
  const inTriples = `
    vec3 sum = vec3(${onto}, 0.0);
    for (int q = 0; q < k; q++) {
      sum = accumulateAll(sum, vec2(${read('X', 'i')}, 0.0), vec2(${read('Y', 'j')}, ${read('Z', 'j')}));
    }
    vec2 total = rounded(sum);`;
  return {
    inputs: ['X', ...(isGram ? [] : ['Y']), ...(hasRest ? ['Z'] : []), ...(isOnto ? ['H', 'L'] : [])],
    declarations: pairs,
    body: `
      ${hasRest ? inTriples : inPairs}
      v = total.${half};`,
  };
};

function sumOfProducts(
  backend: WebGLBackend,
  x: TensorInfo,
  y: TensorInfo | undefined,
  rest: TensorInfo | undefined,
  onto: (TensorInfo | undefined)[],
  ofRows = false,
): TensorInfo[] {
  const left = asStack(x);
  const [stacks, rows, columns] = left.shape;
  const [depth, n] = ofRows ? [columns, rows] : [rows, columns];
  const m = y ? y.shape.at(-1)! : n;
  const shape = [...x.shape.slice(0, -2), n, m];
  const given = [y, rest, ...onto].filter((t) => t !== undefined).map(asStack);
  const terms = { ofRows, isGram: !y, hasRest: !!rest, isOnto: !!onto[0] };
  return halves.map((half) => ({
    ...orEmpty(backend, [stacks, n, m], () =>
      runShader(backend, sum(terms, half), [left, ...given], [stacks, n, m], depth),
    ),
    shape,
  }));
}

function orEmpty(backend: WebGLBackend, shape: number[], compute: () => TensorInfo): TensorInfo {
  return shape.includes(0) ? backend.makeTensorInfo(shape, 'float32', new Float32Array(0)) : compute();
}

export const gram: WebGLCompute = (backend, { x, high, low }, { ofRows }) =>
  sumOfProducts(backend, x!, undefined, undefined, [high, low], Boolean(ofRows));

export const product: WebGLCompute = (backend, { x, y, yLow, high, low }) =>
  sumOfProducts(backend, x!, y!, yLow, [high, low]);

export const moments: WebGLCompute = (backend, { x, y, gramHigh, gramLow, high, low }) => [
  ...sumOfProducts(backend, x!, undefined, undefined, [gramHigh, gramLow]),
  ...sumOfProducts(backend, x!, y!, undefined, [high, low]),
];

/** Reads of the pair at row `i` and column `j` of an input, in a shader over the stack of pairs or over stacks. */
const pairAt = (name: string, i: string, j: string): string =>
  `vec2(get${name}(t, ${i}, ${j}), get${name}(t + stacks, ${i}, ${j}))`;

/** A shader over a stack of pairs: `body` computes `p` at t, i, j in the stack. */
const onPairs = (
  sizes: { stacks: number; [size: string]: number },
  inputs: string[],
  body: string,
): Shader => ({
  inputs,
  sizes,
  declarations: pairs,
  body: `
    int t = s < stacks ? s : s - stacks;
    vec2 p = vec2(0.0);
    ${body}
    v = s < stacks ? p.x : p.y;`,
});

/** [G + k lambda I, y]: the system, times k rows, which takes no division. */
const system = (stacks: number, n: number, perLambda: number, hasRest: boolean): Shader =>
  onPairs(
    { stacks, n, perLambda },
    ['H', 'L', 'R', 'Y', ...(hasRest ? ['Z'] : [])],
    `
    if (j < n) {
      p = fastTwoSum(getH(t, i, j), getL(t, i, j));
      if (i == j) p = add(p, twoProduct(float(k), getR(0, 0, t / perLambda)));
    } else {
      p = vec2(getY(t, i, j - n), ${hasRest ? 'getZ(t, i, j - n)' : '0.0'});
    }`,
  );

/** Elimination of column k below row k, which for a positive definite matrix needs no pivoting; NaN where it is not. */
const eliminate = (stacks: number): Shader =>
  onPairs(
    { stacks },
    ['W'],
    `
    p = ${pairAt('W', 'i', 'j')};
    if (i > k) {
      vec2 pivot = ${pairAt('W', 'k', 'k')};
      if (!(pivot.x > 0.0 && pivot.x < 3.0e38)) p = vec2(NAN);
      else if (j > k) p = add(p, -mul(quotient(${pairAt('W', 'i', 'k')}, pivot), ${pairAt('W', 'k', 'j')}));
    }`,
  );

const rightSide = (n: number): Shader => ({ inputs: ['W'], sizes: { n }, body: 'v = getW(s, i, j + n);' });

/** Row k of the solution, subtracted from the rows above. */
const substitute = (stacks: number): Shader =>
  onPairs(
    { stacks },
    ['X', 'W'],
    `
    p = ${pairAt('X', 'i', 'j')};
    if (i <= k) {
      vec2 pivot = ${pairAt('W', 'k', 'k')};
      vec2 solved = quotient(${pairAt('X', 'k', 'j')}, pivot);
      if (!(pivot.x > 0.0 && pivot.x < 3.0e38)) p = vec2(NAN);
      else if (i == k) p = solved;
      else p = add(p, -mul(${pairAt('W', 'i', 'k')}, solved));
    }`,
  );

/** y - (G + k lambda I) x, in sums of three floats: see ../webgpu/ridgeSolve.ts. */
const residual = (stacks: number, n: number, perLambda: number, hasRest: boolean): Shader => ({
  inputs: ['X', 'H', 'L', 'R', 'Y', ...(hasRest ? ['Z'] : [])],
  sizes: { stacks, n, perLambda },
  declarations: pairs,
  body: `
    vec3 sum = vec3(getY(s, i, j), ${hasRest ? 'getZ(s, i, j)' : '0.0'}, 0.0);
    vec2 ridge = twoProduct(float(k), getR(0, 0, s / perLambda));
    sum = accumulateAll(sum, -ridge, vec2(getX(s, i, j), getX(s + stacks, i, j)));
    for (int q = 0; q < n; q++) {
      vec2 g = vec2(getH(s, i, q), getL(s, i, q));
      sum = accumulateAll(sum, -g, vec2(getX(s, q, j), getX(s + stacks, q, j)));
    }
    v = rounded(sum).x;`,
});

/** One half of (x + d) times k. */
const times = (stacks: number, half: Half): Shader => ({
  inputs: ['X', 'D'],
  sizes: { stacks },
  declarations: pairs,
  body: `
    vec2 x = vec2(getX(s, i, j), getX(s + stacks, i, j));
    vec2 d = vec2(getD(s, i, j), getD(s + stacks, i, j));
    vec3 sum = accumulateAll(vec3(0.0), x, vec2(float(k), 0.0));
    v = rounded(accumulateAll(sum, d, vec2(float(k), 0.0))).${half};`,
});

// (G / rows + lambda I) x = y is (G + rows lambda I) x = rows y.
export const ridgeSolve: WebGLCompute = (backend, { high, low, lambda, y, yLow }, attrs) => {
  const right = asStack(y!);
  const [stacks, n, m] = right.shape;
  const rows = attrs.rows as number;
  const wanted = attrs.wide ? halves : (['x'] as const);
  if (right.shape.includes(0)) return wanted.map(() => orEmpty(backend, y!.shape, () => right));
  const count = lambda!.shape.reduce((product, size) => product * size, 1);
  const ridge = { ...lambda!, shape: [1, 1, count] };
  const gramSum = [asStack(high!), asStack(low!), ridge];
  const perLambda = stacks / count;
  /** (G + rows lambda I)^-1 times a right-hand side, as pairs. */
  const solve = (side: Stack, rest?: TensorInfo): Stack => {
    const inputs = [...gramSum, side, ...(rest ? [asStack(rest)] : [])];
    const shader = system(stacks, n, perLambda, !!rest);
    const given = runShader(backend, shader, inputs, [2 * stacks, n, n + m], rows);
    const reduced = runPasses(backend, eliminate(stacks), given, [], { count: n - 1 });
    const start = runShader(backend, rightSide(n), [reduced], [2 * stacks, n, m]);
    const x = runPasses(backend, substitute(stacks), start, [reduced], { count: n, down: false });
    for (const { dataId } of new Set<Stack>([given, reduced, start])) backend.disposeData(dataId);
    return x;
  };
  const z = solve(right, yLow);
  const rest = yLow ? [asStack(yLow)] : [];
  const shader = residual(stacks, n, perLambda, !!yLow);
  const left = runShader(backend, shader, [z, ...gramSum, right, ...rest], right.shape, rows);
  const d = solve(left);
  const outputs = wanted.map((half) => ({
    ...runShader(backend, times(stacks, half), [z, d], right.shape, rows),
    shape: y!.shape,
  }));
  for (const { dataId } of [z, left, d]) backend.disposeData(dataId);
  return outputs;
};
