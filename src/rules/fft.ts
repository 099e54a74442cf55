import { fft, getBackend, ifft, mul, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { lacking } from '../core/backendErrors';
import { batchInFront } from './families/batching';
import { byParts } from './families/complexParts';
import { linear } from './families/linear';
import { like } from './families/outputs';
import { isOnGPU } from './families/webgpu';

// Both transform the last axis and take any number of axes in front.
const alongLast = {
  batch: batchInFront,
  shape: like('input'),
  // The kernels of webgpu and webgl (4.22) give a matrix, whatever the rank.
  broken: (backend: string, { input }: { input: Tensor }) => isOnGPU(backend) && input.rank !== 2,
};
/** As rows of a matrix. */
const asRows =
  (kernel: string, transform: (input: Tensor) => Tensor) =>
  ({ input }: { input: Tensor }): Tensor => {
    // wasm has none for these either.
    if (input.rank === 2) throw lacking(kernel, getBackend());
    return reshape(transform(reshape(input, [-1, input.shape.at(-1)!])), input.shape);
  };

// F = (exp(-2 pi i j k / n)) is symmetric, so its adjoint is its conjugate, and F^-1 is the adjoint / n.
linear('FFT', 'input', {
  transpose: (ct) => scaled(ifft(ct), ct.shape.at(-1)!),
  polyfill: asRows('FFT', fft),
  ...alongLast,
});
linear('IFFT', 'input', {
  transpose: (ct) => scaled(fft(ct), 1 / ct.shape.at(-1)!),
  polyfill: asRows('IFFT', ifft),
  ...alongLast,
});

function scaled(z: Tensor, factor: number): Tensor {
  return byParts(z, (part) => mul(part, factor));
}
