/**
 * GLSL for numbers as pairs of float32, vec2(high, low): see ../webgpu/pairs.ts. Here too compilers may reassociate, and `kept` hides each sum
 * from them behind the uniform `zero`.
 */
export const pairs = `
  float kept(float v) { return intBitsToFloat(floatBitsToInt(v) ^ zero); }
  vec2 fastTwoSum(float a, float b) {
    float sum = kept(a + b);
    return vec2(sum, kept(b - kept(sum - a)));
  }
  vec2 twoSum(float a, float b) {
    float sum = kept(a + b);
    float part = kept(sum - a);
    float rest = kept(a - kept(sum - part));
    return vec2(sum, kept(rest + kept(b - part)));
  }
  vec2 twoProduct(float a, float b) {
    float ah = uintBitsToFloat(floatBitsToUint(a) & 0xfffff000u);
    float bh = uintBitsToFloat(floatBitsToUint(b) & 0xfffff000u);
    float al = kept(a - ah);
    float bl = kept(b - bh);
    float p = kept(a * b);
    float rest = kept(kept(kept(ah * bh - p) + ah * bl) + al * bh);
    return vec2(p, kept(rest + al * bl));
  }
  vec2 add(vec2 a, vec2 b) {
    vec2 high = twoSum(a.x, b.x);
    vec2 low = twoSum(a.y, b.y);
    vec2 sum = fastTwoSum(high.x, kept(high.y + low.x));
    return fastTwoSum(sum.x, kept(sum.y + low.y));
  }
  vec2 mul(vec2 a, vec2 b) {
    vec2 p = twoProduct(a.x, b.x);
    return fastTwoSum(p.x, p.y + (a.x * b.y + a.y * b.x));
  }
  vec2 accumulate(vec2 sum, vec2 p) {
    vec2 next = twoSum(sum.x, p.x);
    return fastTwoSum(next.x, sum.y + (next.y + p.y));
  }
  // sum + a b in three floats, for a sum that is to cancel to less than pairs hold.
  vec3 accumulateAll(vec3 sum, vec2 a, vec2 b) {
    vec2 p = twoProduct(a.x, b.x);
    vec2 q = twoProduct(a.x, b.y);
    vec2 r = twoProduct(a.y, b.x);
    vec2 high = twoSum(sum.x, p.x);
    vec2 first = twoSum(sum.y, high.y);
    vec2 second = twoSum(first.x, p.y);
    vec2 third = twoSum(second.x, q.x);
    vec2 fourth = twoSum(third.x, r.x);
    float left = (first.y + second.y) + (third.y + fourth.y) + (q.y + r.y) + a.y * b.y;
    return vec3(high.x, fourth.x, sum.z + left);
  }
  vec2 rounded(vec3 sum) {
    vec2 high = twoSum(sum.x, sum.y);
    return fastTwoSum(high.x, high.y + sum.z);
  }
  vec2 quotient(vec2 a, vec2 b) {
    float first = kept(a.x / b.x);
    vec2 left = add(a, -mul(vec2(first, 0.0), b));
    float second = kept(left.x / b.x);
    float third = add(left, -mul(vec2(second, 0.0), b)).x / b.x;
    return add(fastTwoSum(first, second), vec2(third, 0.0));
  }`;
