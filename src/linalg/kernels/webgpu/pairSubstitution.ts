import type { TensorInfo } from '@tensorflow/tfjs-core';
import { pairArithmetic } from './pairs';
import { runShader, threads, type Shader, type Stack, type WebGPUBackend } from './program';

/** Rows of a block, and columns of right-hand sides that a workgroup solves for. */
const size = 32;
const area = size * size;
const each = area / threads;
const rowsApart = threads / size;

const lanes = [0, 1, 2, 3];
const rowsOf = (array: string, col: string): string =>
  `vec4<f32>(${lanes.map((e) => `${array}[(row + ${e * rowsApart}) * ${size} + ${col}]`).join(', ')})`;

/** Substitution in pairs by blocks of rows, with L downwards or L^T upwards; see substitution.ts. */
const substitution: Shader = {
  name: 'pair substitution',
  inputs: ['F', 'H', 'L'],
  integers: ['zero', 'across', 'down', 'hasRest'],
  declarations: `
    var<workgroup> Th : array<f32, ${area}>;
    var<workgroup> Tl : array<f32, ${area}>;
    var<workgroup> Xh : array<f32, ${area}>;
    var<workgroup> Xl : array<f32, ${area}>;
    fn loadT(base : i32, low : i32, n : i32, rowBlock : i32, colBlock : i32, t : i32) {
      for (var e = 0; e < ${each}; e++) {
        let id = e * ${threads} + t;
        // Neighbouring invocations read neighbouring elements of F, whose rows are columns of L^T.
        let r = select(id % ${size}, id / ${size}, uniforms.down != 0);
        let c = select(id / ${size}, id % ${size}, uniforms.down != 0);
        let row = rowBlock * ${size} + r;
        let col = colBlock * ${size} + c;
        var v = vec2<f32>(select(0.0, 1.0, row == col), 0.0);
        if (row < n && col < n) {
          let source = base + select(col * n + row, row * n + col, uniforms.down != 0);
          v = vec2<f32>(F[source], F[source + low]);
        }
        Th[r * ${size} + c] = v.x;
        Tl[r * ${size} + c] = v.y;
      }
    }
    ${pairArithmetic(4)}`,
  body: `
    let n = uniforms.outShape.y;
    let m = uniforms.outShape.z;
    let stacks = uniforms.outShape.x / 2;
    let blocks = (n + ${size - 1}) / ${size};
    let live = w / uniforms.across < stacks;
    let stack = min(w / uniforms.across, stacks - 1);
    let base = stack * n * n;
    let right = stack * n * m;
    let low = stacks * n * m;
    let row = t / ${size};
    let c = t % ${size};
    let col = (w % uniforms.across) * ${size} + c;
    for (var s = 0; s < blocks; s++) {
      let k = select(blocks - 1 - s, s, uniforms.down != 0);
      var sum = single(vec4<f32>(0.0));
      for (var q = 0; q < s; q++) {
        let p = select(blocks - 1 - q, q, uniforms.down != 0);
        loadT(base, stacks * n * n, n, k, p, t);
        for (var e = 0; e < ${each}; e++) {
          let r = p * ${size} + e * ${rowsApart} + row;
          var v = vec2<f32>(0.0);
          if (r < n && col < m) { v = vec2<f32>(result[right + r * m + col], result[low + right + r * m + col]); }
          Xh[e * ${threads} + t] = v.x;
          Xl[e * ${threads} + t] = v.y;
        }
        workgroupBarrier();
        var block = single(vec4<f32>(0.0));
        for (var j = 0; j < ${size}; j++) {
          block = accumulate(block, product(
            Pair(${rowsOf('Th', 'j')}, ${rowsOf('Tl', 'j')}),
            Pair(vec4<f32>(Xh[j * ${size} + c]), vec4<f32>(Xl[j * ${size} + c]))));
        }
        sum = add(sum, block);
        workgroupBarrier();
      }
      loadT(base, stacks * n * n, n, k, k, t);
      var given = single(vec4<f32>(0.0));
      for (var e = 0; e < ${each}; e++) {
        let r = k * ${size} + e * ${rowsApart} + row;
        if (r < n && col < m) {
          let at = right + r * m + col;
          if (uniforms.down == 0) {
            given.high[e] = result[at];
            given.low[e] = result[at + low];
          } else {
            given.high[e] = H[at];
            if (uniforms.hasRest != 0) { given.low[e] = L[at]; }
          }
        }
      }
      let left = add(given, minus(sum));
      ${lanes.map((e) => `Xh[${e * threads} + t] = left.high[${e}];`).join('\n')}
      ${lanes.map((e) => `Xl[${e * threads} + t] = left.low[${e}];`).join('\n')}
      workgroupBarrier();
      for (var z = 0; z < ${size}; z++) {
        let j = select(${size - 1} - z, z, uniforms.down != 0);
        if (t < ${size}) {
          let at = j * ${size} + t;
          let v = quotient(
            Pair(vec4<f32>(Xh[at]), vec4<f32>(Xl[at])),
            Pair(vec4<f32>(Th[j * ${size + 1}]), vec4<f32>(Tl[j * ${size + 1}])));
          Xh[at] = v.high.x;
          Xl[at] = v.low.x;
        }
        workgroupBarrier();
        let solved = Pair(vec4<f32>(-Xh[j * ${size} + c]), vec4<f32>(-Xl[j * ${size} + c]));
        let v = add(
          Pair(${rowsOf('Xh', 'c')}, ${rowsOf('Xl', 'c')}),
          product(Pair(${rowsOf('Th', 'j')}, ${rowsOf('Tl', 'j')}), solved));
        workgroupBarrier();
        for (var e = 0; e < ${each}; e++) {
          let r = e * ${rowsApart} + row;
          if (select((r < j), (r > j), uniforms.down != 0)) {
            Xh[r * ${size} + c] = v.high[e];
            Xl[r * ${size} + c] = v.low[e];
          }
        }
        workgroupBarrier();
      }
      for (var e = 0; e < ${each}; e++) {
        let r = k * ${size} + e * ${rowsApart} + row;
        if (live && r < n && col < m) {
          result[right + r * m + col] = Xh[e * ${threads} + t];
          result[low + right + r * m + col] = Xl[e * ${threads} + t];
        }
      }
      storageBarrier();
      workgroupBarrier();
    }`,
};

/** x with L L^T x = high + low, as a stack of pairs `[2 stacks, n, m]`; the factor is one too. */
export function substitutePairs(
  backend: WebGPUBackend,
  factor: Stack,
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
      inputs: [factor, high, low ?? high],
      integers: [0, across, down, Number(!!low)],
      workgroups: stacks * across,
      shape,
      output: x,
    });
  }
  return { ...x!, shape };
}

const scaled: Shader = {
  name: 'pair part',
  inputs: ['X'],
  integers: ['zero', 'factor', 'isLow'],
  declarations: pairArithmetic(1),
  body: `
    let count = uniforms.outShape.x * uniforms.outShape.y * uniforms.outShape.z;
    if (index < count) {
      let v = mul(Pair(X[index], X[index + count]), single(f32(uniforms.factor)));
      result[index] = select(v.high, v.low, uniforms.isLow != 0);
    }`,
};

/** The high or the low part of x times an integer. */
export function partOf(backend: WebGPUBackend, x: Stack, factor: number, isLow: boolean): TensorInfo {
  const [pairs, n, m] = x.shape;
  return runShader({
    backend,
    shader: scaled,
    inputs: [x],
    integers: [0, factor, Number(isLow)],
    workgroups: Math.ceil(((pairs / 2) * n * m) / threads),
    shape: [pairs / 2, n, m],
  });
}
