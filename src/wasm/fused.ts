import { assemble, get, pair, quad, simd, type Code } from './assembler';

/** From a sum, a and b. */
type Fused = (sum: Code, a: Code, b: Code) => Code;

/**
 * One instruction where the engine has relaxed SIMD, rounded once where the processor can do that; else two. Node has it from version 22 on, Chrome
 * from 114. https://github.com/WebAssembly/relaxed-simd
 */
const oneOr =
  (opcode: number, two: Fused): Fused =>
  (sum, a, b) =>
    isRelaxed() ? relaxed(opcode, sum, a, b) : two(sum, a, b);

const relaxed = (opcode: number, sum: Code, a: Code, b: Code): Code => [...a, ...b, ...sum, ...simd(opcode)];

const quadOpcode = 0x105;

/** sum + a b, or less it. */
export const fused = {
  addQuads: oneOr(quadOpcode, (sum, a, b) => quad.add(sum, quad.mul(a, b))),
  addPairs: oneOr(0x107, (sum, a, b) => pair.add(sum, pair.mul(a, b))),
  subtractPairs: oneOr(0x108, (sum, a, b) => pair.sub(sum, pair.mul(a, b))),
};

function isRelaxed(): boolean {
  known ??= WebAssembly.validate(
    assemble([
      {
        name: '',
        parameters: 0,
        integers: 0,
        pairs: 1,
        returns: true,
        body: relaxed(quadOpcode, get(0), get(0), get(0)),
      },
    ]),
  );
  return known;
}
let known: boolean | undefined;
