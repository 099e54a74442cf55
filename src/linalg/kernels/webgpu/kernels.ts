import type { TensorInfo } from '@tensorflow/tfjs-core';
import { empty } from '../../../core/webgpu';
import { asStack, type Stack } from '../stack';
import { factorCholesky, finishCholesky } from './cholesky';
import type { WebGPUCompute } from './kernel';
import { factorLU } from './lu';
import { isEmpty } from './program';
import { everything, refined, triangle } from './refine';
import { substitute, type Pass } from './substitution';

const shaped = ({ dataId, dtype }: TensorInfo, shape: number[]): TensorInfo => ({ dataId, shape, dtype });

const eliminationPasses: Pass[] = [
  { lower: true, transpose: false, unitDiagonal: true },
  { lower: false, transpose: false, unitDiagonal: false },
];

/** Steps of refinement: at condition 1e5 two reach the rounding of float32. */
const steps = 2;

export const cholesky: WebGPUCompute = (backend, { a }) => {
  if (isEmpty(a!)) return empty(backend, a!.shape);
  return shaped(finishCholesky(backend, factorCholesky(backend, asStack(a!))), a!.shape);
};

export const triangularSolve: WebGPUCompute = (backend, { a, b }, { lower, transpose, unitDiagonal }) => {
  if (isEmpty(b!)) return empty(backend, b!.shape);
  const pass = {
    lower: Boolean(lower),
    transpose: Boolean(transpose),
    unitDiagonal: Boolean(unitDiagonal),
  };
  const matrix = asStack(a!);
  const solve = (right: Stack): Stack => substitute(backend, matrix, right, [pass]);
  return shaped(
    refined(backend, matrix, asStack(b!), solve, { reading: triangle(pass), steps: 1 }),
    b!.shape,
  );
};

export const solve: WebGPUCompute = (backend, { a, b }) => {
  if (isEmpty(b!)) return empty(backend, b!.shape);
  const matrix = asStack(a!);
  const lu = factorLU(backend, matrix);
  const solve = (right: Stack): Stack => substitute(backend, lu, right, eliminationPasses, true);
  const x = refined(backend, matrix, asStack(b!), solve, { reading: everything, steps });
  backend.disposeData(lu.dataId);
  return shaped(x, b!.shape);
};
