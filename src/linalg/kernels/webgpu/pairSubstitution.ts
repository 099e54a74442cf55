import type { TensorInfo } from '@tensorflow/tfjs-core';
import { area, each, rowsApart, size } from './block';
import { pairArithmetic } from './pairs';
import { runShader, threads, type Shader, type Stack, type WebGPUBackend } from './program';

/** Blocks of pairs in workgroup memory. */
const blocksOf = (...names: string[]): string =>
  names.map((name) => `var<workgroup> ${name} : array<f32, ${area}>;`).join('\n');

/** Inverses of the blocks on the diagonal, one below the other `[2 stacks, blocks size, size]`: a workgroup each, with 1 on the diagonal beyond n. */
const inverses: Shader = {
  name: 'pair inverses',
  inputs: ['F'],
  integers: ['zero'],
  declarations: `
    ${blocksOf('Th', 'Tl', 'Xh', 'Xl')}
    ${pairArithmetic(1)}
    fn entry(at : i32) -> Pair { return Pair(Th[at], Tl[at]); }
    fn solution(at : i32) -> Pair { return Pair(Xh[at], Xl[at]); }
    fn place(at : i32, v : Pair) { Xh[at] = v.high; Xl[at] = v.low; }`,
  body: `
    let n = uniforms.fShape.y;
    let stacks = uniforms.outShape.x / 2;
    let blocks = uniforms.outShape.y / ${size};
    let live = w / blocks < stacks;
    let stack = min(w / blocks, stacks - 1);
    let first = w % blocks * ${size};
    let c = t % ${size};
    for (var e = 0; e < ${each}; e++) {
      let r = e * ${rowsApart} + t / ${size};
      let one = select(0.0, 1.0, r == c);
      var v = vec2<f32>(one, 0.0);
      if (first + r < n && first + c < n) {
        let source = (stack * n + first + r) * n + first + c;
        v = vec2<f32>(F[source], F[source + stacks * n * n]);
      }
      Th[r * ${size} + c] = v.x;
      Tl[r * ${size} + c] = v.y;
      place(r * ${size} + c, single(one));
    }
    workgroupBarrier();
    for (var j = 0; j < ${size}; j++) {
      if (t <= j) { place(j * ${size} + t, quotient(solution(j * ${size} + t), entry(j * ${size + 1}))); }
      workgroupBarrier();
      let solved = minus(solution(j * ${size} + c));
      for (var e = 0; e < ${each}; e++) {
        let r = e * ${rowsApart} + t / ${size};
        if (r > j && c <= j) {
          place(r * ${size} + c, add(solution(r * ${size} + c), product(entry(r * ${size} + j), solved)));
        }
      }
      workgroupBarrier();
    }
    for (var e = 0; e < ${each}; e++) {
      let at = e * ${threads} + t;
      if (live) {
        let slot = (stack * blocks * ${size} + first) * ${size} + at;
        result[slot] = Xh[at];
        result[slot + stacks * blocks * ${area}] = Xl[at];
      }
    }`,
};

/**
 * Substitution in pairs by blocks of rows, with L downwards or L^T upwards: those solved before are subtracted as products of blocks, and what is
 * left is multiplied by the inverse of the block on the diagonal, which takes no division and few barriers. An invocation computes two by two
 * elements.
 */
const substitution: Shader = {
  name: 'pair substitution',
  inputs: ['F', 'V', 'H', 'L'],
  integers: ['zero', 'across', 'down', 'hasRest'],
  declarations: `
    ${blocksOf('Th', 'Tl', 'Xh', 'Xl')}
    ${pairArithmetic(4)}
    // Columns of T are rows of op(T) here, and lie in rows of the block where it is transposed.
    fn place(at : i32, v : vec2<f32>) { Th[at] = v.x; Tl[at] = v.y; }
    fn timesX(t : i32) -> Pair {
      let r = t / ${size / 2};
      let c = t % ${size / 2};
      var sum = single(vec4<f32>(0.0));
      for (var j = 0; j < ${size}; j++) {
        let a = j * ${size} + r;
        let b = j * ${size} + c;
        sum = accumulate(sum, product(
          Pair(vec2<f32>(Th[a], Th[a + ${size / 2}]).xxyy, vec2<f32>(Tl[a], Tl[a + ${size / 2}]).xxyy),
          Pair(vec2<f32>(Xh[b], Xh[b + ${size / 2}]).xyxy, vec2<f32>(Xl[b], Xl[b + ${size / 2}]).xyxy)));
      }
      return sum;
    }`,
  body: `
    let n = uniforms.outShape.y;
    let m = uniforms.outShape.z;
    let stacks = uniforms.outShape.x / 2;
    let blocks = (n + ${size - 1}) / ${size};
    let live = w / uniforms.across < stacks;
    let stack = min(w / uniforms.across, stacks - 1);
    let base = stack * n * n;
    let lowF = stacks * n * n;
    let lowV = stacks * blocks * ${area};
    let right = stack * n * m;
    let low = stacks * n * m;
    let left = (w % uniforms.across) * ${size};
    let isDown = uniforms.down != 0;
    for (var s = 0; s < blocks; s++) {
      let k = select(blocks - 1 - s, s, isDown);
      var sum = single(vec4<f32>(0.0));
      for (var q = 0; q < s; q++) {
        let p = select(blocks - 1 - q, q, isDown);
        for (var e = 0; e < ${each}; e++) {
          let r = e * ${rowsApart} + t / ${size};
          let c = t % ${size};
          // Neighbouring invocations read neighbouring elements of F.
          let row = select(p, k, isDown) * ${size} + r;
          let col = select(k, p, isDown) * ${size} + c;
          var v = vec2<f32>(0.0);
          if (row < n && col < n) { v = vec2<f32>(F[base + row * n + col], F[base + row * n + col + lowF]); }
          place(select(r * ${size} + c, c * ${size} + r, isDown), v);
          let given = p * ${size} + r;
          let at = right + given * m + left + c;
          let isThere = given < n && left + c < m;
          Xh[r * ${size} + c] = 0.0;
          Xl[r * ${size} + c] = 0.0;
          if (isThere) {
            Xh[r * ${size} + c] = result[at];
            Xl[r * ${size} + c] = result[at + low];
          }
        }
        workgroupBarrier();
        sum = add(sum, timesX(t));
        workgroupBarrier();
      }
      var at = array<i32, 4>();
      var given = single(vec4<f32>(0.0));
      for (var e = 0; e < 4; e++) {
        let row = k * ${size} + t / ${size / 2} + (e / 2) * ${size / 2};
        let col = left + t % ${size / 2} + (e % 2) * ${size / 2};
        at[e] = select(-1, right + row * m + col, row < n && col < m);
        if (at[e] >= 0) {
          if (!isDown) {
            given.high[e] = result[at[e]];
            given.low[e] = result[at[e] + low];
          } else {
            given.high[e] = H[at[e]];
            if (uniforms.hasRest != 0) { given.low[e] = L[at[e]]; }
          }
        }
      }
      let rest = add(given, minus(sum));
      for (var e = 0; e < 4; e++) {
        let to = (t / ${size / 2} + (e / 2) * ${size / 2}) * ${size} + t % ${size / 2} + (e % 2) * ${size / 2};
        Xh[to] = rest.high[e];
        Xl[to] = rest.low[e];
        let r = e * ${rowsApart} + t / ${size};
        let c = t % ${size};
        let source = (stack * blocks + k) * ${area} + r * ${size} + c;
        place(select(r * ${size} + c, c * ${size} + r, isDown), vec2<f32>(V[source], V[source + lowV]));
      }
      workgroupBarrier();
      let solved = timesX(t);
      for (var e = 0; e < 4; e++) {
        if (live && at[e] >= 0) {
          let v = fastTwoSum(solved.high, solved.low);
          result[at[e]] = v.high[e];
          result[at[e] + low] = v.low[e];
        }
      }
      storageBarrier();
      workgroupBarrier();
    }`,
};

/** L with L L^T = A, as a stack of pairs `[2 stacks, n, n]`, and the inverses of its blocks. */
export interface PairFactor {
  factor: Stack;
  inverses: TensorInfo;
}

/** The inverses that {@link substitutePairs} needs. */
export function inverseBlocks(backend: WebGPUBackend, factor: Stack): TensorInfo {
  const [both, n] = factor.shape;
  const blocks = Math.ceil(n / size);
  return runShader({
    backend,
    shader: inverses,
    inputs: [factor],
    integers: [0],
    workgroups: (both / 2) * blocks,
    shape: [both, blocks * size, size],
  });
}

/** x with L L^T x = high + low, as a stack of pairs `[2 stacks, n, m]`. */
export function substitutePairs(
  backend: WebGPUBackend,
  { factor, inverses }: PairFactor,
  high: Stack,
  low: Stack | undefined,
): Stack {
  const [stacks, n, m] = high.shape;
  const across = Math.ceil(m / size);
  const shape: Stack['shape'] = [2 * stacks, n, m];
  let x: TensorInfo | undefined;
  for (const down of [1, 0]) {
    x = runShader({
      backend,
      shader: substitution,
      inputs: [factor, inverses, high, low ?? high],
      integers: [0, across, down, Number(!!low)],
      workgroups: stacks * across,
      shape,
      output: x,
    });
  }
  return { ...x!, shape };
}
