/**
 * WGSL for numbers as pairs of float32, high + low, of about 48 bits (Dekker 1971, Knuth 1997).
 *
 * Such arithmetic lives on the rounding errors of single operations, and WGSL lets compilers reassociate: with fast math, as on Metal,
 * `(a + b) - a` becomes `b` and all second floats zero (https://github.com/gpuweb/gpuweb/issues/4562). So each sum that matters goes through
 * `kept`, an exclusive or of its bits with the uniform `zero`, which a compiler can't see through: a shader with this text names `zero`
 * among its integers. Products do not rely on `fma`, which need not be fused: factors are split by masking bits into halves of 12 bits,
 * whose products are exact.
 *
 * @param lanes how many numbers a pair stands for
 */
export function pairArithmetic(lanes: 1 | 4): string {
  const [float, int, uint] = ['f32', 'i32', 'u32'].map((type) => (lanes === 1 ? type : `vec4<${type}>`));
  return `
    struct Pair { high : ${float}, low : ${float} };
    fn kept(v : ${float}) -> ${float} {
      return bitcast<${float}>(bitcast<${int}>(v) ^ ${int}(uniforms.zero));
    }
    // a + b exactly, for |a| >= |b|.
    fn fastTwoSum(a : ${float}, b : ${float}) -> Pair {
      let s = kept(a + b);
      return Pair(s, kept(b - kept(s - a)));
    }
    // a + b exactly.
    fn twoSum(a : ${float}, b : ${float}) -> Pair {
      let s = kept(a + b);
      let part = kept(s - a);
      let rest = kept(a - kept(s - part));
      return Pair(s, kept(rest + kept(b - part)));
    }
    // a b exactly.
    fn twoProduct(a : ${float}, b : ${float}) -> Pair {
      let mask = ${uint}(0xfffff000u);
      let ah = bitcast<${float}>(bitcast<${uint}>(a) & mask);
      let bh = bitcast<${float}>(bitcast<${uint}>(b) & mask);
      let al = kept(a - ah);
      let bl = kept(b - bh);
      let p = kept(a * b);
      let rest = kept(kept(kept(ah * bh - p) + ah * bl) + al * bh);
      return Pair(p, kept(rest + al * bl));
    }
    fn add(a : Pair, b : Pair) -> Pair {
      let high = twoSum(a.high, b.high);
      let low = twoSum(a.low, b.low);
      let s = fastTwoSum(high.high, kept(high.low + low.high));
      return fastTwoSum(s.high, kept(s.low + low.low));
    }
    fn minus(a : Pair) -> Pair { return Pair(-a.high, -a.low); }
    // a b, not yet ordered: a summand for accumulate.
    fn product(a : Pair, b : Pair) -> Pair {
      let p = twoProduct(a.high, b.high);
      return Pair(p.high, p.low + (a.high * b.low + a.low * b.high));
    }
    fn mul(a : Pair, b : Pair) -> Pair {
      let p = product(a, b);
      return fastTwoSum(p.high, p.low);
    }
    // sum + p, in half the operations of add, for terms that do not cancel to less than their low parts.
    fn accumulate(sum : Pair, p : Pair) -> Pair {
      let s = twoSum(sum.high, p.high);
      return fastTwoSum(s.high, sum.low + (s.low + p.low));
    }
    fn single(a : ${float}) -> Pair { return Pair(a, ${float}(0.0)); }
    // Quotients and roots of float32, corrected twice: WGSL grants them some units of error.
    fn quotient(a : Pair, b : Pair) -> Pair {
      let first = single(kept(a.high / b.high));
      let left = add(a, minus(mul(first, b)));
      let second = single(kept(left.high / b.high));
      let third = add(left, minus(mul(second, b))).high / b.high;
      return add(fastTwoSum(first.high, second.high), single(third));
    }
    fn root(a : Pair) -> Pair {
      let first = kept(sqrt(a.high));
      let twice = 2.0 * first;
      let found = fastTwoSum(first, add(a, minus(twoProduct(first, first))).high / twice);
      return add(found, single(add(a, minus(mul(found, found))).high / twice));
    }`;
}
