import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dispatcher, threads, type Kernel, type WebGPUBackend } from '../../../core/webgpu';
import type { Stack } from '../stack';

/** What a shader runs on. */
interface Run {
  inputs: readonly TensorInfo[];
  integers?: Readonly<Record<string, number>>;
  /** By default an invocation for each element. */
  workgroups?: number;
  shape: Stack['shape'];
  /** Written in place, instead of a new tensor. */
  output?: Stack | undefined;
}

/** A shader over a stack of matrices, ready to run: `count`, `n` and `m` are among its uniforms, the sizes of the output. */
/* @__NO_SIDE_EFFECTS__ */
export function shader(kernel: Kernel): (backend: WebGPUBackend, run: Run) => Stack {
  const launched = dispatcher(kernel);
  return (backend, { inputs, integers, shape, output, workgroups }) => {
    const [count, n, m] = shape;
    const [result] = launched({
      outputs: [{ shape, dtype: 'float32' }],
      workgroups: workgroups ?? Math.ceil((count * n * m) / threads),
      integers: { count, n, m, ...integers },
    })(backend, inputs, output);
    return result as Stack;
  };
}

export const isEmpty = ({ shape }: TensorInfo): boolean => shape.includes(0);

/** WGSL for whether a number is one, by its bits: a shader compiler may assume that all are. */
export const finite = `
  fn isFinite(v : f32) -> bool { return (bitcast<u32>(v) & 0x7f800000u) != 0x7f800000u; }`;
