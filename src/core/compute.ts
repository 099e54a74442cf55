import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';

/** Inputs of a kernel by name. */
export type Inputs = Record<string, TensorInfo>;

/** A kernel by what a backend has for it. */
export type Compute<Device, Result = TensorInfo | TensorInfo[]> = (
  device: Device,
  inputs: Inputs,
  attrs: NamedAttrMap,
) => Result;
