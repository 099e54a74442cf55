import type { Tensor } from '@tensorflow/tfjs-core';
import type { Program } from '../../core/program';
import { deadCode } from '../../jit/passes';

/** A program that holds no tensors: those that it held are its first inputs. */
export interface Opened {
  readonly program: Program;
  readonly constants: Tensor[];
}

/** Closure conversion: what a program closed over becomes input, so that transformations around it see it. */
export function open(given: Program): Opened {
  const program = deadCode(given);
  return {
    program: {
      ...program,
      constants: new Map(),
      inputs: [...program.constants.keys(), ...program.inputs],
    },
    constants: [...program.constants.values()],
  };
}
