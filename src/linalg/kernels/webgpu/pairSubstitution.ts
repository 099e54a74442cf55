import type { TensorInfo } from '@tensorflow/tfjs-core';
import { area, each, rowsApart, size } from './block';
import { pairArithmetic } from './pairs';
import { runShader, threads, type Shader, type Stack, type WebGPUBackend } from './program';

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
    fn entry(at : i32) -> Pair { return Pair(Th[at], Tl[at]); }
    fn solution(at : i32) -> Pair { return Pair(Xh[at], Xl[at]); }
    fn place(at : i32, v : Pair) { Xh[at] = v.high; Xl[at] = v.low; }
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
    ${pairArithmetic(1)}`,
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
      var sums = array<Pair, ${each}>();
      for (var e = 0; e < ${each}; e++) { sums[e] = single(0.0); }
      for (var q = 0; q < s; q++) {
        let p = select(blocks - 1 - q, q, uniforms.down != 0);
        loadT(base, stacks * n * n, n, k, p, t);
        for (var e = 0; e < ${each}; e++) {
          let r = p * ${size} + e * ${rowsApart} + row;
          var v = single(0.0);
          if (r < n && col < m) { v = Pair(result[right + r * m + col], result[low + right + r * m + col]); }
          place(e * ${threads} + t, v);
        }
        workgroupBarrier();
        for (var e = 0; e < ${each}; e++) {
          var block = single(0.0);
          for (var j = 0; j < ${size}; j++) {
            block = accumulate(
              block, product(entry((e * ${rowsApart} + row) * ${size} + j), solution(j * ${size} + c)));
          }
          sums[e] = add(sums[e], block);
        }
        workgroupBarrier();
      }
      loadT(base, stacks * n * n, n, k, k, t);
      for (var e = 0; e < ${each}; e++) {
        let r = k * ${size} + e * ${rowsApart} + row;
        var given = single(0.0);
        if (r < n && col < m) {
          let at = right + r * m + col;
          if (uniforms.down == 0) {
            given = Pair(result[at], result[at + low]);
          } else {
            given.high = H[at];
            if (uniforms.hasRest != 0) { given.low = L[at]; }
          }
        }
        place(e * ${threads} + t, add(given, minus(sums[e])));
      }
      workgroupBarrier();
      let rows = min(${size}, n - k * ${size});
      for (var z = 0; z < rows; z++) {
        let j = select(rows - 1 - z, z, uniforms.down != 0);
        if (t < ${size}) {
          place(j * ${size} + t, quotient(solution(j * ${size} + t), entry(j * ${size + 1})));
        }
        workgroupBarrier();
        let solved = minus(solution(j * ${size} + c));
        for (var e = 0; e < ${each}; e++) {
          let r = e * ${rowsApart} + row;
          if (select((r < j), (r > j), uniforms.down != 0)) {
            place(e * ${threads} + t, add(solution(e * ${threads} + t), product(entry(r * ${size} + j), solved)));
          }
        }
        workgroupBarrier();
      }
      for (var e = 0; e < ${each}; e++) {
        let r = k * ${size} + e * ${rowsApart} + row;
        if (live && r < n && col < m) {
          let v = solution(e * ${threads} + t);
          result[right + r * m + col] = v.high;
          result[low + right + r * m + col] = v.low;
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
