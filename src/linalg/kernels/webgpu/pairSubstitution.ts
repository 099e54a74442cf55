import type { WebGPUBackend } from '../../../core/webgpu';
import type { Stack } from '../stack';
import { each, rowsApart, size } from './block';
import { pairBlocks } from './pairBlocks';
import { shader } from './program';

/**
 * Substitution in pairs by blocks of rows, with L downwards or L^T upwards: those solved before are subtracted as products of blocks, and what is
 * left is multiplied by the inverse of the block on the diagonal, which takes no division and few barriers.
 */
const substitution = shader({
  name: 'pair substitution',
  inputs: ['F', 'H', 'L'],
  declarations: pairBlocks,
  body: `
    let n = uniforms.n;
    let m = uniforms.m;
    let stacks = uniforms.count / 2;
    let blocks = (n + ${size - 1}) / ${size};
    let base = w / uniforms.across * n * n;
    let lowF = stacks * n * n;
    let right = w / uniforms.across * n * m;
    let low = stacks * n * m;
    let left = w % uniforms.across * ${size};
    let inBlock = places(t, 0, 0, 0, ${size}, ${size});
    let isDown = uniforms.down != 0;
    for (var s = 0; s < blocks; s++) {
      let k = select(blocks - 1 - s, s, isDown);
      var sum = single(vec4<f32>(0.0));
      for (var q = 0; q <= s; q++) {
        let p = select(blocks - 1 - q, q, isDown);
        for (var e = 0; e < ${each}; e++) {
          let r = e * ${rowsApart} + t / ${size};
          let c = t % ${size};
          // Neighbouring invocations read neighbouring elements of F.
          let row = select(p, k, isDown) * ${size} + r;
          let col = select(k, p, isDown) * ${size} + c;
          var v = vec2<f32>(0.0);
          if (row < n && col < n) { v = vec2<f32>(F[base + row * n + col], F[base + row * n + col + lowF]); }
          let to = select(r * ${size} + c, c * ${size} + r, isDown);
          Th[to] = v.x;
          Tl[to] = v.y;
        }
        let at = places(t, right, p * ${size}, left, n, m);
        var x = single(vec4<f32>(0.0));
        if (q < s || !isDown) { x = valuesAt(at, low); } else {
          for (var e = 0; e < 4; e++) {
            if (at[e] >= 0) {
              x.high[e] = H[at[e]];
              if (uniforms.hasRest != 0) { x.low[e] = L[at[e]]; }
            }
          }
        }
        if (q == s) { x = add(x, minus(sum)); }
        for (var e = 0; e < 4; e++) {
          Xh[inBlock[e]] = x.high[e];
          Xl[inBlock[e]] = x.low[e];
        }
        workgroupBarrier();
        let product = timesX(t);
        if (q < s) { sum = add(sum, product); } else { putAt(at, low, fastTwoSum(product.high, product.low)); }
        storageBarrier();
        workgroupBarrier();
      }
    }`,
});

/**
 * x with L L^T x = high + low, as a stack of pairs `[2 stacks, n, m]`.
 *
 * @param factor of {@link factorRidge}
 */
export function substitutePairs(
  backend: WebGPUBackend,
  factor: Stack,
  high: Stack,
  low: Stack | undefined,
): Stack {
  const [stacks, n, m] = high.shape;
  const across = Math.ceil(m / size);
  let x: Stack | undefined;
  for (const down of [1, 0]) {
    x = substitution(backend, {
      inputs: [factor, high, low ?? high],
      integers: { across, down, hasRest: Number(!!low) },
      workgroups: stacks * across,
      shape: [2 * stacks, n, m],
      output: x,
    });
  }
  return x!;
}
