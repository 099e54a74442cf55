import { engine } from '../../core/engine';
import type { Loop } from '../elementwise';
import { fusionFor, loops, rows, type LoopTarget, type Pass } from '../passes';
import { finishes } from './finish';
import { contractions } from './linear';
import { reductions } from './reduction';
import { softmax } from './softmax';

/** Storage buffers that every device grants a shader. */
const BUFFERS = 8;

/** How many buffers a shader of the device in use may have. */
function limit(): number {
  const { device } = engine().backend as {
    device?: { limits?: { maxStorageBuffersPerShaderStage?: number } };
  };
  return device?.limits?.maxStorageBuffersPerShaderStage ?? BUFFERS;
}

/** What the webgpu backend's loops are made of. */
export const webgpuLoops = (): LoopTarget => ({ buffers: limit(), integers: true, repeats: true });

/** Products with bias and activation, rows and loops, bounded by how many buffers a shader may have. */
export const fusedForWebGPU: Pass = (program) => {
  const fused = fusionFor({ anyProduct: true })(contractions(softmax(program)));
  const joined = rows(limit())(loops(webgpuLoops())(fused));
  return alone(finishes(limit())(reductions(limit())(joined)));
};

/** A loop of one call keeps the call's own kernel, which knows its shapes. */
const alone: Pass = (program) => ({
  ...program,
  equations: program.equations.map((equation) => {
    const calls = equation.kernel === 'TractLoop' ? (equation.attrs.loop as Loop).calls : [];
    return calls.length === 1 ? calls[0]! : equation;
  }),
});
