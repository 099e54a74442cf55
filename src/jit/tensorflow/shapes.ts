import type { TensorInfo } from '@tensorflow/tfjs-core';
import { isMisshapen } from '../../core/movedData';
import type { Program } from '../../core/program';
import type { BareKernel } from '../../core/rule';
import type { Device } from '../device';

/** A program on inputs and constants that are reshaped first where the backend takes them for tensors of another shape. */
export function inTheirShapes(
  program: Program,
  device: Device,
  compile: (program: Program) => BareKernel,
): BareKernel {
  const constants = [...program.constants];
  const inputs = [...constants.map(([v]) => v), ...program.inputs];
  const run = compile({ ...program, inputs, constants: new Map() });
  return (args) => {
    const copies: TensorInfo[] = [];
    const sound = [...constants.map(([, tensor]) => tensor), ...args].map((x) => {
      if (!isMisshapen(x)) return x;
      const copy = device.run('Reshape', { x }, { shape: x.shape });
      copies.push(copy);
      return copy;
    });
    try {
      return run(sound);
    } finally {
      device.dispose(copies);
    }
  };
}
