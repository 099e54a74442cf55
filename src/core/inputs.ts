import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelInputs } from './engine';

/** An input by name, or by position in a list. */
export function inputAt(inputs: KernelInputs, name: string): Tensor {
  return (inputs as Record<string, Tensor>)[name]!;
}

/** The inputs mapped, a list to a list. Absent ones stay absent. */
export function mapInputs(inputs: KernelInputs, f: (t: Tensor, name: string) => Tensor): KernelInputs {
  if (Array.isArray(inputs)) return inputs.map((t, i) => f(t, String(i)));
  const mapped: Record<string, Tensor> = {};
  for (const name in inputs) if (inputs[name] != null) mapped[name] = f(inputs[name]!, name);
  return mapped;
}
