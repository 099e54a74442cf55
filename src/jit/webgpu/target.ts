import { engine } from '../../core/engine';
import type { Loop } from '../elementwise';
import { fusionFor, loops, rows, type Pass } from '../passes';

/** Storage buffers that every device grants a shader. */
const BUFFERS = 8;

/** Products with bias and activation, rows and loops, bounded by how many buffers a shader may have. */
export const fusedForWebGPU: Pass = (program) => {
  const { device } = engine().backend as {
    device?: { limits?: { maxStorageBuffersPerShaderStage?: number } };
  };
  const buffers = device?.limits?.maxStorageBuffersPerShaderStage ?? BUFFERS;
  const fused = fusionFor({ anyProduct: true })(program);
  return alone(rows(buffers)(loops({ buffers, integers: true, repeats: true })(fused)));
};

/** A loop of one call keeps the call's own kernel, which knows its shapes. */
const alone: Pass = (program) => ({
  ...program,
  equations: program.equations.map((equation) => {
    const calls = equation.kernel === 'TractLoop' ? (equation.attrs.loop as Loop).calls : [];
    return calls.length === 1 ? calls[0]! : equation;
  }),
});
