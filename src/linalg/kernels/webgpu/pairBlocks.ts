import { area, size } from './block';
import { pairArithmetic } from './pairs';

const half = size / 2;

/**
 * WGSL for blocks of pairs in workgroup memory: T, whose columns are rows here, and X. An invocation computes two by two elements of their
 * product, which lie in the quarters of the block.
 */
export const pairBlocks = `
  ${['Th', 'Tl', 'Xh', 'Xl'].map((name) => `var<workgroup> ${name} : array<f32, ${area}>;`).join('\n')}
  ${pairArithmetic(4)}
  fn timesX(t : i32) -> Pair {
    let r = t / ${half};
    let c = t % ${half};
    var sum = single(vec4<f32>(0.0));
    for (var j = 0; j < ${size}; j++) {
      let a = j * ${size} + r;
      let b = j * ${size} + c;
      sum = accumulate(sum, product(
        Pair(vec2<f32>(Th[a], Th[a + ${half}]).xxyy, vec2<f32>(Tl[a], Tl[a + ${half}]).xxyy),
        Pair(vec2<f32>(Xh[b], Xh[b + ${half}]).xyxy, vec2<f32>(Xl[b], Xl[b + ${half}]).xyxy)));
    }
    return sum;
  }
  // Where they are in a matrix [n, m] that begins at \`first\`, for the block at \`top\` and \`left\`: -1 beyond its end.
  fn places(t : i32, first : i32, top : i32, left : i32, n : i32, m : i32) -> vec4<i32> {
    let row = top + t / ${half} + vec4<i32>(0, 0, ${half}, ${half});
    let col = left + t % ${half} + vec4<i32>(0, ${half}, 0, ${half});
    return select(vec4<i32>(-1), first + row * m + col, (row < vec4<i32>(n)) & (col < vec4<i32>(m)));
  }
  fn valuesAt(at : vec4<i32>, low : i32) -> Pair {
    var v = single(vec4<f32>(0.0));
    for (var e = 0; e < 4; e++) {
      if (at[e] >= 0) { v.high[e] = r0[at[e]]; v.low[e] = r0[at[e] + low]; }
    }
    return v;
  }
  fn putAt(at : vec4<i32>, low : i32, v : Pair) {
    for (var e = 0; e < 4; e++) {
      if (at[e] >= 0) { r0[at[e]] = v.high[e]; r0[at[e] + low] = v.low[e]; }
    }
  }`;
